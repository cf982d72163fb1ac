"""Frame interpolation along the camera's known path, with optical flow for the remaining motion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from phosphene.footage.motion import Map, flow
from phosphene.painting.motion.step import Matrix

Picture = NDArray[np.uint8]
"""RGB; shape (height, width, 3)."""

BETTER = 0.6  # flow is used where it leaves less than this share of the difference
LONGEST = 0.08  # maximum flow, as a share of the picture's diagonal; longer ones are errors
BORDER = 0.06  # width of the fade at a picture's border, as a share of its longer side
SMOOTH = 0.03  # standard deviation of the flow's blur, as a share of the longer side
AROUND = 9  # px of the window in which differences are compared
EXACT = 1e-6  # imaginary part below which a logarithm is real
FAR = 4.0  # widths and heights from the picture, to which places are clamped


def interpolate(
    before: Picture, after: Picture, step: Matrix, shares: Sequence[float]
) -> Iterator[Picture]:
    """Interpolate between two frames.

    Both are warped to the camera's position in between, with one resample each, and blended. The
    remaining motion, such as an edge moved by a repaint, is estimated by optical flow between the
    warped first frame and the second: DIS, Kroeger et al., "Fast Optical Flow using Dense Inverse
    Search" (ECCV 2016). Flow that does not reduce the difference is discarded.

    Parameters
    ----------
    before, after : ndarray, uint8, shape (height, width, 3)
    step : ndarray, shape (3, 3)
        The camera's step from `before` to `after`, from `step_matrix`.
    shares : sequence of float, 0 to 1
        Positions in time between the two.

    Yields
    ------
    ndarray, uint8, shape (height, width, 3)
    """
    height, width = before.shape[:2]
    grid = _grid(height, width)
    remaining = _remaining_flow(_resampled(before, _moved(grid, np.linalg.inv(step))), after, grid)
    for share, path in zip(shares, powers(step, shares), strict=True):
        # The place of each pixel in `after` by the camera alone, where the remaining flow is known.
        place = _moved(grid, step @ np.linalg.inv(path))
        moved = cv2.remap(
            remaining, place, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
        )
        from_before = _moved(place - share * moved, np.linalg.inv(step))
        from_after = place + (1.0 - share) * moved
        # A frame has little weight where it does not show the place and is mirrored.
        old, new = (1.0 - share) * _inside(from_before), share * _inside(from_after)
        mixed = _resampled(before, from_before).astype(np.float32)
        mixed += (new / (old + new))[..., None] * (_resampled(after, from_after) - mixed)
        yield np.rint(mixed).astype(np.uint8)


def extrapolate(before: Picture, step: Matrix, shares: Sequence[float]) -> Iterator[Picture]:
    """Extrapolate a frame along shares of the camera's step."""
    grid = _grid(*before.shape[:2])
    for path in powers(step, shares):
        yield _resampled(before, _moved(grid, np.linalg.inv(path)))


def powers(step: Matrix, shares: Sequence[float]) -> list[Matrix]:
    """Fractional steps of the camera: the powers H^t of a homography, such that H^0.5 H^0.5 = H.

    Parameters
    ----------
    step : ndarray, shape (3, 3)
    shares : sequence of float

    Returns
    -------
    list of ndarray, shape (3, 3)
        Identities if the step has no real logarithm, as after half a turn.
    """
    from scipy.linalg import expm, logm  # takes long to import

    log = logm(step / np.cbrt(np.linalg.det(step)))
    if not np.all(np.isfinite(log)) or np.abs(np.imag(log)).max() > EXACT:
        return [np.eye(3) for _ in shares]
    paths = [expm(share * np.real(log)) for share in shares]
    return [path / path[2, 2] for path in paths]


def _grid(height: int, width: int) -> Map:
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return np.stack([x, y], -1)


def _inside(places: Map) -> NDArray[np.float32]:
    """1 for places inside a picture, almost 0 outside, with a ramp along the border."""
    height, width = places.shape[:2]
    x, y = places[..., 0], places[..., 1]
    depth = np.minimum(np.minimum(x, width - 1 - x), np.minimum(y, height - 1 - y))
    ramp = np.float32(BORDER * max(height, width))
    slope: NDArray[np.float32] = np.clip(depth / ramp, 1e-3, 1.0)
    return slope


def _moved(places: Map, matrix: NDArray[Any]) -> Map:
    if np.allclose(matrix, np.eye(3), atol=1e-12):
        return places
    moved: Map = cv2.perspectiveTransform(places, matrix)
    height, width = places.shape[:2]
    limit = np.float32(FAR * max(height, width))
    moved = np.clip(np.nan_to_num(moved), -limit, limit)
    return moved


def _resampled(picture: Picture, places: Map) -> Picture:
    moved: Picture = cv2.remap(
        picture, places, None, cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REFLECT_101
    )
    return moved


def _remaining_flow(moved: Picture, after: Picture, grid: Map) -> Map:
    """The flow from a warped frame to the next, 0 where it does not reduce the difference."""
    first, second = (cv2.cvtColor(each, cv2.COLOR_RGB2GRAY) for each in (moved, after))
    moves = flow(first, second)
    explained = cv2.remap(
        second, grid + moves, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
    )
    still, flowing = (
        cv2.blur(cv2.absdiff(first, other).astype(np.float32), (AROUND, AROUND))
        for other in (second, explained)
    )
    short = np.hypot(moves[..., 0], moves[..., 1]) < LONGEST * np.hypot(*first.shape)
    used = ((flowing < BETTER * still) & short).astype(np.float32)
    # Blurred, because details of the flow bend straight lines.
    size = SMOOTH * max(first.shape)
    weight = cv2.GaussianBlur(used, (0, 0), size)[..., None]
    smooth = cv2.GaussianBlur(moves * used[..., None], (0, 0), size)
    rest: Map = smooth / np.maximum(weight, 1e-3) * np.minimum(2.0 * weight, 1.0)
    return rest
