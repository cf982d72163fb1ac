"""The move of a picture: one resample, with mirrored borders, on any device."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F

from phosphene.painting.kernel import BEFORE, BEHIND, TAPS, weights
from phosphene.painting.resample import resample
from phosphene.painting.step import Matrix


def warp(picture: torch.Tensor, matrix: Matrix) -> torch.Tensor:
    """Move a picture by one resample; what comes in from outside is mirrored.

    Parameters
    ----------
    picture : Tensor, float32, shape (1, 3, height, width), 0 to 1
    matrix : ndarray, shape (3, 3)
        From `phosphene.painting.step.step_matrix`.

    Returns
    -------
    Tensor
        Same shape, device and range. The identity gives the picture itself.
    """
    if np.array_equal(matrix, np.eye(3)):
        return picture
    move = _on_the_cpu if picture.device.type == "cpu" else _on_a_device
    back = np.asarray(np.linalg.inv(matrix), np.float64)
    # The kernel overshoots at edges; what lies outside of 0 to 1 is no colour.
    return move(picture, back).clamp_(0.0, 1.0)


def _on_the_cpu(picture: torch.Tensor, back: Matrix) -> torch.Tensor:
    return torch.from_numpy(resample(picture[0].numpy(), back))[None]


def _on_a_device(picture: torch.Tensor, back: Matrix) -> torch.Tensor:
    height, width = picture.shape[-2:]
    padded = F.pad(picture, (BEFORE, BEHIND) * 2, mode="reflect")
    x = torch.arange(width, device=padded.device, dtype=torch.float32)[None, :]
    y = torch.arange(height, device=padded.device, dtype=torch.float32)[:, None]
    # Python numbers go in with the kernels: no copy to the device.
    from_x, from_y, depth = (float(a) * x + float(b) * y + float(c) for a, b, c in back)
    from_x, from_y = _mirrored(from_x / depth, width), _mirrored(from_y / depth, height)
    left, top = from_x.floor(), from_y.floor()
    across, down = weights(from_x - left), weights(from_y - top)
    stride = padded.shape[-1]
    corner = (top * stride + left).long()[..., None]
    taps = corner + torch.arange(TAPS, device=padded.device)
    pixels = padded[0].flatten(1)
    moved = torch.zeros((padded.shape[1], height, width), device=padded.device)
    for j in range(TAPS):  # a row of taps at a time: all of them would take 64 pictures of memory
        row = (pixels[:, taps + j * stride] * across).sum(-1)
        moved += down[..., j] * row
    return moved[None]


def _mirrored(place: torch.Tensor, length: int) -> torch.Tensor:
    period = 2.0 * (length - 1)
    inside = (place - period * torch.floor(place / period + 0.5)).abs()
    return torch.nan_to_num(inside, 0.0, 0.0, 0.0).clamp_max(length - 1.0)
