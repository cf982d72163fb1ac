"""The camera's step from frame to frame, as a matrix; without PyTorch, for the studio."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from phosphene.score.channels import Curve
from phosphene.score.score import Row

Matrix = NDArray[np.float64]
MOVES = (
    "zoom", "rotation", "pan", "tilt", "field_of_view", "dolly", "translation_x", "translation_y",
)  # fmt: skip


def step_matrix(row: Row, width: int, height: int) -> Matrix:
    """The step of one frame, shape (3, 3); see `step_matrices`."""
    channels = {name: np.array([row.channels[name]]) for name in MOVES}
    step: Matrix = step_matrices(channels, width, height)[0]
    return step


def step_matrices(channels: Mapping[str, Curve], width: int, height: int) -> Matrix:
    """The steps of frames: zoom and rotation about the centre, pan and tilt, translation.

    The picture is a plane that fills the camera's view. Pan and tilt turn the camera about its own
    centre: K R K^-1, Hartley and Zisserman, "Multiple View Geometry" (2004), section 8.4.2. A dolly
    of d covers that share of the remaining distance continuously, and so enlarges by exp(d).

    Parameters
    ----------
    channels : mapping of str to ndarray, shape (n_frames,)
        Reads `zoom` (factor), `rotation`, `pan`, `tilt`, `field_of_view` (degrees), `dolly`,
        `translation_x` and `translation_y` (px).
    width, height : int
        Size of the picture in px. Its centre is ((width - 1) / 2, (height - 1) / 2), the middle of
        the pixel grid, so that a zoom alone does not drift.

    Returns
    -------
    ndarray, shape (n_frames, 3, 3)
        Each maps a point of the old picture to its place in the new one. Without pan and tilt, the
        last row is (0, 0, 1).
    """
    angle = np.radians(channels["rotation"])
    scale = channels["zoom"] * np.exp(channels["dolly"])
    turn = _eyes(len(angle))
    turn[:, 0, 0] = turn[:, 1, 1] = scale * np.cos(angle)
    turn[:, 0, 1], turn[:, 1, 0] = scale * -np.sin(angle), scale * np.sin(angle)
    turned = (channels["pan"] != 0.0) | (channels["tilt"] != 0.0)
    if turned.any():
        pan, tilt, field = (channels[name][turned] for name in ("pan", "tilt", "field_of_view"))
        turn[turned] = _looks(pan, tilt, field, width) @ turn[turned]
    x, y = (width - 1) / 2.0, (height - 1) / 2.0
    back, centred = _eyes(len(angle)), np.eye(3)
    back[:, 0, 2], back[:, 1, 2] = x + channels["translation_x"], y + channels["translation_y"]
    centred[:2, 2] = -x, -y
    steps: Matrix = back @ turn @ centred
    return steps


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
    if row.pan != 0.0 or row.tilt != 0.0:
        pan, tilt, field = np.array([[row.pan], [row.tilt], [row.field_of_view]])
        look[:3, :3] = _looks(pan, tilt, field, width)[0]
    move[:2, 3] = row.translation_x, row.translation_y
    centred, back = np.eye(4), np.eye(4)
    back[:2, 2] = (width - 1) / 2.0, (height - 1) / 2.0
    centred[:2, 2] = -back[:2, 2]
    step: Matrix = back @ move @ look @ forward @ turn @ centred
    return step


def _looks(pan: Curve, tilt: Curve, field_of_view: Curve, width: int) -> Matrix:
    pan, tilt = np.radians(pan), np.radians(tilt)
    # Panning right moves the picture left, tilting up moves it down.
    across, down, lens = _eyes(len(pan)), _eyes(len(pan)), _eyes(len(pan))
    across[:, 0, 0] = across[:, 2, 2] = np.cos(pan)
    across[:, 0, 2], across[:, 2, 0] = -np.sin(pan), np.sin(pan)
    down[:, 1, 1] = down[:, 2, 2] = np.cos(tilt)
    down[:, 1, 2], down[:, 2, 1] = np.sin(tilt), -np.sin(tilt)
    lens[:, 0, 0] = lens[:, 1, 1] = 0.5 * width / np.tan(0.5 * np.radians(field_of_view))
    looks: Matrix = lens @ down @ across @ np.linalg.inv(lens)
    return looks / looks[:, 2:, 2:]


def _eyes(count: int) -> Matrix:
    return np.tile(np.eye(3), (count, 1, 1))
