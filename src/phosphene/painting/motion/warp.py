"""The warp: one resample with mirrored borders.

In a feedback loop a picture is resampled thousands of times, and the kernel's gain is applied each
time: below 1 detail is lost, above 1 it grows into ringing. At a shift of half a pixel the usual
cubic kernel (a = -0.75) has a gain of 0.972 at a quarter cycle per pixel, and 1.029 at an eighth.
The kernel here, a sinc under a Kaiser window with eight taps, has 0.9977 at a quarter, and never
more than 1.0008.
"""

from __future__ import annotations

import cv2
import numba
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from phosphene.painting.motion.bands import LOOSE, in_bands
from phosphene.painting.motion.step import Matrix
from phosphene.painting.motion.taps import TAPS, interpolate, weighted_sum

BEFORE = TAPS // 2 - 1  # taps before the pixel at or left of the position
BEHIND = TAPS // 2
BETA = 6.4  # of the Kaiser window: a lower one loses less detail and rings more
PHASES = 256
# Unsigned, so that numba does not check every index for a negative value.
LAST = np.uint64(PHASES - 1)


def warp(picture: torch.Tensor, matrix: Matrix) -> torch.Tensor:
    """Move a picture by one resample; the area outside is mirrored.

    Parameters
    ----------
    picture : Tensor, float32, shape (1, 3, height, width), 0 to 1
    matrix : ndarray, shape (3, 3)
        From `phosphene.painting.motion.step.step_matrix`.

    Returns
    -------
    Tensor
        Same shape, device and range; the picture itself for the identity.
    """
    if np.array_equal(matrix, np.eye(3)):
        return picture
    back = np.asarray(np.linalg.inv(matrix), np.float64)
    move = _on_cpu if picture.device.type == "cpu" else _on_device
    return move(picture, back).clamp_(0.0, 1.0)  # the kernel overshoots at edges


def resample_at(picture: torch.Tensor, from_x: torch.Tensor, from_y: torch.Tensor) -> torch.Tensor:
    """Resample a picture at any place for each pixel; the area outside is mirrored.

    Parameters
    ----------
    picture : Tensor, float32, shape (1, 3, height, width), 0 to 1
    from_x, from_y : Tensor, float32, shape (height, width)
        The place in the picture that each new pixel shows, in px.

    Returns
    -------
    Tensor
        Same shape, device and range.
    """
    if picture.device.type != "cpu":
        return _gathered(picture, from_x, from_y).clamp_(0.0, 1.0)
    padded = _padded(picture[0].numpy())
    places = from_x.contiguous().numpy(), from_y.contiguous().numpy()
    moved = np.empty(picture.shape[1:], np.float32)
    in_bands(len(moved[0]), _rows_at, padded, *places, TABLE, moved)
    return torch.from_numpy(moved)[None].clamp_(0.0, 1.0)


def _on_cpu(picture: torch.Tensor, back: Matrix) -> torch.Tensor:
    return torch.from_numpy(resample(picture[0].numpy(), back))[None]


def _on_device(picture: torch.Tensor, back: Matrix) -> torch.Tensor:
    height, width = picture.shape[-2:]
    x = torch.arange(width, device=picture.device, dtype=torch.float32)[None, :]
    y = torch.arange(height, device=picture.device, dtype=torch.float32)[:, None]
    # Python numbers are passed as kernel arguments, without a copy to the device.
    from_x, from_y, depth = (float(a) * x + float(b) * y + float(c) for a, b, c in back)
    return _gathered(picture, from_x / depth, from_y / depth)


def _gathered(picture: torch.Tensor, from_x: torch.Tensor, from_y: torch.Tensor) -> torch.Tensor:
    height, width = picture.shape[-2:]
    padded = F.pad(picture, (BEFORE, BEHIND) * 2, mode="reflect")
    from_x, from_y = _mirrored(from_x, width), _mirrored(from_y, height)
    left, top = from_x.floor(), from_y.floor()
    across, down = weights(from_x - left), weights(from_y - top)
    stride = padded.shape[-1]
    corner = (top * stride + left).long()[..., None]
    taps = corner + torch.arange(TAPS, device=padded.device)
    pixels = padded[0].flatten(1)
    moved = torch.zeros((padded.shape[1], height, width), device=padded.device)
    for j in range(TAPS):  # all taps at once would need the memory of 64 pictures
        row = (pixels[:, taps + j * stride] * across).sum(-1)
        moved += down[..., j] * row
    return moved[None]


def _mirrored(place: torch.Tensor, length: int) -> torch.Tensor:
    period = 2.0 * (length - 1)
    reflected = (place - period * torch.floor(place / period + 0.5)).abs()
    return torch.nan_to_num(reflected, 0.0, 0.0, 0.0).clamp_max(length - 1.0)


def weights(phase: torch.Tensor) -> torch.Tensor:
    """The kernel: a sinc under a Kaiser window, with unit sum.

    Parameters
    ----------
    phase : Tensor, any shape, 0 to 1
        Distance of a position from the pixel at or left of it, in px.

    Returns
    -------
    Tensor, shape (*phase.shape, TAPS)
        Weights of the pixels, beginning `BEFORE` before that one.
    """
    tap = torch.arange(TAPS, device=phase.device, dtype=phase.dtype) - BEFORE
    away = phase[..., None] - tap
    inside = (1.0 - (away * (2.0 / TAPS)) ** 2).clamp_min(0.0)
    lobes = torch.sinc(away) * torch.special.i0(BETA * inside.sqrt())
    weights: torch.Tensor = lobes / lobes.sum(-1, keepdim=True)
    return weights


def table() -> torch.Tensor:
    """The weights at `PHASES` + 1 phases from 0 to 1; float32, shape (PHASES + 1, TAPS).

    Linear interpolation between two phases is exact within 2e-5.
    """
    return weights(torch.linspace(0.0, 1.0, PHASES + 1, dtype=torch.float64)).float()


TABLE = table().numpy()


def resample(picture: NDArray[np.float32], back: NDArray[np.float64]) -> NDArray[np.float32]:
    """Move a picture on the CPU: compiled, and split into bands of rows over the cores.

    Parameters
    ----------
    picture : ndarray, float32, shape (channels, height, width)
    back : ndarray, shape (3, 3)
        Maps a pixel of the new picture to its place in the old one, which is mirrored at the
        centres of its outermost pixels.

    Returns
    -------
    ndarray, float32, shape (channels, height, width)
        The same to the bit for any number of cores.
    """
    channels, height, width = picture.shape
    padded = _padded(picture)
    moved = np.empty((channels, height, width), np.float32)
    in_bands(height, _rows, padded, back, TABLE, moved)
    return moved


def _padded(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    around = (BEFORE, BEHIND, BEFORE, BEHIND, cv2.BORDER_REFLECT_101)
    return np.stack([cv2.copyMakeBorder(channel, *around) for channel in picture])


@numba.njit(nogil=True, cache=True, fastmath=LOOSE, error_model="numpy")
def _rows(padded, back, table, moved, first, last):  # type: ignore[no-untyped-def]
    width = moved.shape[2]
    across, down = np.empty(TAPS, np.float32), np.empty(TAPS, np.float32)
    leaning = back[2, 0] != 0.0 or back[2, 1] != 0.0
    depth = back[2, 2]
    for y in range(first, last):
        for x in range(width):
            if leaning:
                depth = back[2, 0] * x + back[2, 1] * y + back[2, 2]
            from_x = (back[0, 0] * x + back[0, 1] * y + back[0, 2]) / depth
            from_y = (back[1, 0] * x + back[1, 1] * y + back[1, 2]) / depth
            _tap(padded, from_x, from_y, table, across, down, moved, y, x)


@numba.njit(nogil=True, cache=True, fastmath=LOOSE, error_model="numpy")
def _rows_at(padded, places_x, places_y, table, moved, first, last):  # type: ignore[no-untyped-def]
    width = moved.shape[2]
    across, down = np.empty(TAPS, np.float32), np.empty(TAPS, np.float32)
    for y in range(first, last):
        for x in range(width):
            from_x, from_y = np.float64(places_x[y, x]), np.float64(places_y[y, x])
            _tap(padded, from_x, from_y, table, across, down, moved, y, x)


@numba.njit(inline="always")
def _tap(padded, from_x, from_y, table, across, down, moved, y, x):  # type: ignore[no-untyped-def]
    channels, height, width = moved.shape
    left = _interpolated(_place(from_x, width), table, across)
    top = _interpolated(_place(from_y, height), table, down)
    rows, stride = np.uint64(padded.shape[1]), np.uint64(padded.shape[2])
    start = top * stride + left
    for channel in range(channels):
        moved[channel, y, x] = weighted_sum(padded, start, stride, across, down)
        start += rows * stride


@numba.njit(inline="always")
def _place(place, length):  # type: ignore[no-untyped-def]
    if 0.0 <= place <= length - 1:
        return place
    period = 2.0 * (length - 1)
    reflected = abs(place - period * np.floor(place / period + 0.5))
    # On the horizon the place is NaN, and the comparison false.
    return reflected if reflected <= length - 1 else 0.0


@numba.njit(inline="always")
def _interpolated(place, table, into):  # type: ignore[no-untyped-def]
    """Interpolate the weights at a place into an array; returns the first pixel they apply to."""
    first = np.int64(place)
    phase = (place - first) * (len(table) - 1)
    before = min(np.uint64(np.int64(phase)), LAST)
    interpolate(table, before, np.float32(phase - np.float64(before)), into)
    return np.uint64(first)
