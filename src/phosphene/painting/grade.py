"""The grade: brightness, saturation and hue of the frame that is shown, and not of the feedback.

Fed back, a brightness of 1.01 would be 11 after four minutes; shown, it is 1.01.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from phosphene.score.score import Row

LUMA = np.array([0.2126, 0.7152, 0.0722])  # ITU-R BT.709


def grade_matrix(row: Row) -> NDArray[np.float64]:
    """The colour matrix of a frame, shape (3, 3).

    Hue turns about the grey axis, saturation scales the distance from the grey of equal luma (ITU-R
    BT.709), brightness scales all.

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
    return row.brightness * (grey + row.saturation * (np.eye(3) - grey)) @ turn


def grade(picture: torch.Tensor, row: Row) -> torch.Tensor:
    """The frame as it is shown.

    Parameters
    ----------
    picture : Tensor, float32, shape (1, 3, height, width), 0 to 1
    row : Row

    Returns
    -------
    Tensor
        Same shape and range; the picture itself where nothing is graded.
    """
    if row.brightness == 1.0 and row.saturation == 1.0 and row.hue == 0.0:
        return picture
    red, green, blue = picture[:, 0], picture[:, 1], picture[:, 2]
    mixed = [float(r) * red + float(g) * green + float(b) * blue for r, g, b in grade_matrix(row)]
    return torch.stack(mixed, dim=1).clamp_(0.0, 1.0)
