"""Grading of the frames that are shown, as tensors or as NumPy arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from phosphene.score.score import Row

if TYPE_CHECKING:
    import torch

LUMA = np.array([0.2126, 0.7152, 0.0722])  # ITU-R BT.709
Picture = TypeVar("Picture", "torch.Tensor", NDArray[np.float32])


def grade_matrix(row: Row) -> NDArray[np.float64]:
    """The colour matrix of a frame, shape (3, 3).

    Hue rotates about the grey axis, saturation scales the distance from the grey of equal luma
    (ITU-R BT.709), and brightness scales everything.

    Parameters
    ----------
    row : Row
        Reads `brightness`, `saturation` (factors) and `hue` (degrees).
    """
    angle = np.radians(row.hue)
    cross = np.array([[0.0, -1.0, 1.0], [1.0, 0.0, -1.0], [-1.0, 1.0, 0.0]]) / np.sqrt(3.0)
    turn = (
        np.cos(angle) * np.eye(3)
        + (1.0 - np.cos(angle)) * np.full((3, 3), 1.0 / 3.0)
        + np.sin(angle) * cross
    )
    grey = np.tile(LUMA, (3, 1))
    matrix: NDArray[np.float64] = (
        row.brightness * (grey + row.saturation * (np.eye(3) - grey)) @ turn
    )
    return matrix


def grade(picture: Picture, row: Row) -> Picture:
    """Grade a frame for the film; the feedback stays ungraded.

    Fed back, a brightness of 1.01 would have grown to 11 after 240 frames.

    Parameters
    ----------
    picture : Tensor or ndarray, float32, shape (1, 3, height, width), 0 to 1
    row : Row

    Returns
    -------
    Tensor or ndarray
        As the picture; the picture itself if nothing is to be graded.
    """
    if row.brightness == 1.0 and row.saturation == 1.0 and row.hue == 0.0:
        return picture
    red, green, blue = picture[:, 0], picture[:, 1], picture[:, 2]
    mixed = [float(r) * red + float(g) * green + float(b) * blue for r, g, b in grade_matrix(row)]
    graded = picture.clip(0.0, 1.0)
    for channel, mix in enumerate(mixed):
        graded[:, channel] = mix.clip(0.0, 1.0)
    return graded
