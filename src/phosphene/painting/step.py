"""The camera's step from frame to frame as a homography; without PyTorch, for the studio."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phosphene.score.score import Row

Matrix = NDArray[np.float64]


def step_matrix(row: Row, width: int, height: int) -> Matrix:
    """The step of one frame: zoom and rotation about the centre, pan and tilt, translation.

    The picture is a plane that fills the camera's view. Pan and tilt turn the camera about its own
    centre: K R K^-1, Hartley and Zisserman, "Multiple View Geometry" (2004), section 8.4.2. A dolly
    of d covers that share of the remaining distance continuously, and so enlarges by exp(d).

    Parameters
    ----------
    row : Row
        Reads `zoom` (factor), `rotation`, `pan`, `tilt`, `field_of_view` (degrees), `dolly`,
        `translation_x` and `translation_y` (px).
    width, height : int
        Size of the picture in px. Its centre is ((width - 1) / 2, (height - 1) / 2), the middle of
        the pixel grid, so that a zoom alone does not drift.

    Returns
    -------
    ndarray, shape (3, 3)
        Maps a point of the old picture to its place in the new one. Without pan and tilt, its
        last row is (0, 0, 1).
    """
    angle = np.radians(row.rotation)
    scale = row.zoom * np.exp(row.dolly)
    turn = np.eye(3)
    turn[:2, :2] = scale * np.array(
        [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    )
    step = _look(row, width) @ turn
    centred = _shift(-(width - 1) / 2.0, -(height - 1) / 2.0)
    back = _shift((width - 1) / 2.0 + row.translation_x, (height - 1) / 2.0 + row.translation_y)
    return back @ step @ centred


def _look(row: Row, width: int) -> Matrix:
    if row.pan == 0.0 and row.tilt == 0.0:
        return np.eye(3)
    focal = 0.5 * width / np.tan(0.5 * np.radians(row.field_of_view))
    pan, tilt = np.radians(row.pan), np.radians(row.tilt)
    # Panning right moves the picture left, tilting up moves it down.
    across = np.array([[np.cos(pan), 0, -np.sin(pan)], [0, 1, 0], [np.sin(pan), 0, np.cos(pan)]])
    down = np.array([[1, 0, 0], [0, np.cos(tilt), np.sin(tilt)], [0, -np.sin(tilt), np.cos(tilt)]])
    lens = np.diag([focal, focal, 1.0])
    look = lens @ down @ across @ np.linalg.inv(lens)
    scaled: NDArray[np.float64] = look / look[2, 2]
    return scaled


def _shift(x: float, y: float) -> Matrix:
    return np.array([[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]])
