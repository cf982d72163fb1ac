"""The picture moves in the same directions as in Deforum."""

import cv2
import numpy as np
import pytest

from phosphene.painting.motion.step import step_matrix

WIDTH, HEIGHT = 512, 512
POINTS = np.array([[100.0, 80.0], [400.0, 90.0], [256.0, 256.0], [120.0, 430.0], [390.0, 400.0]])


def moved(score):
    """The displacement of the points by Phosphene's step: px, shape (5, 2)."""
    matrix = step_matrix(score.row(1), WIDTH, HEIGHT)
    return cv2.perspectiveTransform(POINTS[None], matrix)[0] - POINTS


@pytest.mark.parametrize(
    ("key", "value"), [("translation_x", 3), ("translation_y", 2), ("angle", 1.5), ("zoom", 1.03)]
)
def test_2d_is_the_matrix_of_opencv(import_and_compose, key, value):
    _, score = import_and_compose(**{key: f"0: ({value})"}, max_frames=3)
    given = {"translation_x": 0.0, "translation_y": 0.0, "angle": 0.0, "zoom": 1.0, key: value}
    centre = ((WIDTH - 1) / 2, (HEIGHT - 1) / 2)
    matrix = cv2.getRotationMatrix2D(centre, given["angle"], given["zoom"])
    matrix[:, 2] += given["translation_x"], given["translation_y"]
    expected = cv2.transform(POINTS[None], matrix)[0] - POINTS
    np.testing.assert_allclose(moved(score), expected, atol=1e-6)


def turn(axis, degrees):
    """A matrix that rotates row vectors about an axis."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array(
        {
            "x": [[1, 0, 0], [0, c, -s], [0, s, c]],
            "y": [[c, 0, s], [0, 1, 0], [-s, 0, c]],
            "z": [[c, -s, 0], [s, c, 0], [0, 0, 1]],
        }[axis]
    )


@pytest.mark.parametrize(
    ("key", "value", "rotation", "shift"),
    [
        ("translation_x", 2.0, np.eye(3), (-2 / 200, 0, 0)),
        ("translation_y", 2.0, np.eye(3), (0, 2 / 200, 0)),
        ("translation_z", 2.0, np.eye(3), (0, 0, -2 / 200)),
        ("rotation_3d_x", 0.5, turn("x", 0.5), (0, 0, 0)),
        ("rotation_3d_y", 0.5, turn("y", 0.5), (0, 0, 0)),
        ("rotation_3d_z", 0.5, turn("z", 0.5), (0, 0, 0)),
    ],
)
def test_3d_is_a_flat_picture_that_fills_the_view(import_and_compose, key, value, rotation, shift):
    # Deforum transforms points (x right, y down, z away, the picture from -1 to 1) by X R + T,
    # projects them, and moves each pixel by the difference.
    _, score = import_and_compose(
        animation_mode="3D", fov_schedule="0:(70)", **{key: f"0:({value})"}
    )
    lens = 1 / np.tan(np.radians(35.0))
    across = POINTS / (np.array([WIDTH, HEIGHT]) - 1) * 2 - 1
    points = np.column_stack([across, np.full(len(across), lens)])
    seen = points @ rotation + np.array(shift)
    expected = (lens * seen[:, :2] / seen[:, 2:] - across) * WIDTH / 2
    scale = np.abs(expected).max()
    np.testing.assert_allclose(moved(score), expected, atol=0.02 * scale)
