"""The virtual camera: one composed affine step, one cubic resample, mirrored borders."""

from __future__ import annotations

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from phosphene.score.score import Row

Matrix = NDArray[np.float64]


def step_matrix(row: Row, width: int, height: int) -> Matrix:
    """The step of one frame: zoom and rotation about the centre, then translation.

    Parameters
    ----------
    row : Row
        Reads `zoom` (factor), `rotation` (degrees, clockwise on screen), `translation_x` and
        `translation_y` (px; right and down).
    width, height : int
        Size of the picture in px; its centre is ((width - 1) / 2, (height - 1) / 2), the middle of
        the pixel grid, so that a zoom alone does not drift.

    Returns
    -------
    ndarray, shape (2, 3)
        Takes a point of the old picture to its place in the new one.
    """
    centre = np.array([(width - 1) / 2.0, (height - 1) / 2.0])
    angle = np.radians(row.rotation)
    turn = row.zoom * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    shift = centre - turn @ centre + np.array([row.translation_x, row.translation_y])
    return np.column_stack([turn, shift])


def warp(picture: torch.Tensor, matrix: Matrix) -> torch.Tensor:
    """Move a picture by one cubic resample; what comes in from outside is mirrored.

    Parameters
    ----------
    picture : Tensor, float32, shape (1, 3, height, width), 0 to 1
    matrix : ndarray, shape (2, 3)
        From `step_matrix`.

    Returns
    -------
    Tensor
        Same shape, device and range. The identity gives the picture itself.
    """
    if np.array_equal(matrix, np.eye(2, 3)):
        return picture
    move = _with_cv2 if picture.device.type == "cpu" else _with_grid_sample
    # Cubic kernels overshoot at edges; what lies outside of 0 to 1 is no colour.
    return move(picture, matrix).clamp_(0.0, 1.0)


def _with_cv2(picture: torch.Tensor, matrix: Matrix) -> torch.Tensor:
    pixels = picture[0].permute(1, 2, 0).contiguous().numpy()
    height, width = pixels.shape[:2]
    moved = cv2.warpAffine(
        pixels, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101
    )
    return torch.from_numpy(moved).permute(2, 0, 1)[None]


def _with_grid_sample(picture: torch.Tensor, matrix: Matrix) -> torch.Tensor:
    height, width = picture.shape[-2:]
    back = np.linalg.inv(np.vstack([matrix, [0.0, 0.0, 1.0]]))
    x = torch.arange(width, device=picture.device, dtype=torch.float32)[None, :]
    y = torch.arange(height, device=picture.device, dtype=torch.float32)[:, None]
    # Python numbers go in with the kernels: no copy to the device.
    from_x = float(back[0, 0]) * x + float(back[0, 1]) * y + float(back[0, 2])
    from_y = float(back[1, 0]) * x + float(back[1, 1]) * y + float(back[1, 2])
    grid = torch.stack(
        [from_x * (2.0 / (width - 1)) - 1.0, from_y * (2.0 / (height - 1)) - 1.0], dim=-1
    )
    # Reflection about the outermost pixels' centres, as BORDER_REFLECT_101 does.
    return F.grid_sample(
        picture, grid[None], mode="bicubic", padding_mode="reflection", align_corners=True
    )
