"""The camera's step from frame to frame, as a matrix; without PyTorch, for the studio."""

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


def space_matrix(row: Row, width: int, height: int) -> Matrix:
    """The step of one frame for points at any distance: `step_matrix` with parallax.

    A dolly and translations move the camera, so near points move further than far ones; zoom,
    rotation, pan and tilt move all alike. At a distance of 1 points move as by `step_matrix`,
    except that a translation during a pan or tilt follows the plane as it turns.

    Parameters
    ----------
    row : Row
    width, height : int
        As for `step_matrix`.

    Returns
    -------
    ndarray, shape (4, 4)
        Maps (x, y, 1, d) to the new place, up to a factor: x and y are in px, and d is the inverse
        of the distance, in units of the distance of the picture plane. The products of steps are
        exact: the camera moves through space, not from plane to plane.
    """
    angle, nearer = np.radians(row.rotation), np.exp(-row.dolly)
    turn, forward, look, move = np.eye(4), np.eye(4), np.eye(4), np.eye(4)
    turn[:2, :2] = row.zoom * np.array(
        [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    )
    forward[2, 3] = nearer - 1.0
    forward[3, 3] = nearer  # the plane is at a distance of 1 again
    look[:3, :3] = _look(row, width)
    move[:2, 3] = row.translation_x, row.translation_y
    centred, back = np.eye(4), np.eye(4)
    back[:2, 2] = (width - 1) / 2.0, (height - 1) / 2.0
    centred[:2, 2] = -back[:2, 2]
    step: Matrix = back @ move @ look @ forward @ turn @ centred
    return step


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
