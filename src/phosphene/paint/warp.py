"""The move of a picture: one cubic resample, with mirrored borders, on any device."""

from __future__ import annotations

import cv2
import numpy as np
import torch
import torch.nn.functional as F

from phosphene.paint.step import Matrix


def warp(picture: torch.Tensor, matrix: Matrix) -> torch.Tensor:
    """Move a picture by one cubic resample; what comes in from outside is mirrored.

    Parameters
    ----------
    picture : Tensor, float32, shape (1, 3, height, width), 0 to 1
    matrix : ndarray, shape (3, 3)
        From `phosphene.paint.step.step_matrix`.

    Returns
    -------
    Tensor
        Same shape, device and range. The identity gives the picture itself.
    """
    if np.array_equal(matrix, np.eye(3)):
        return picture
    move = _with_cv2 if picture.device.type == "cpu" else _with_grid_sample
    # Cubic kernels overshoot at edges; what lies outside of 0 to 1 is no colour.
    return move(picture, matrix).clamp_(0.0, 1.0)


def _with_cv2(picture: torch.Tensor, matrix: Matrix) -> torch.Tensor:
    pixels = picture[0].permute(1, 2, 0).contiguous().numpy()
    size = (pixels.shape[1], pixels.shape[0])
    how = {"flags": cv2.INTER_CUBIC, "borderMode": cv2.BORDER_REFLECT_101}
    if np.array_equal(matrix[2], [0.0, 0.0, 1.0]):
        moved = cv2.warpAffine(pixels, matrix[:2], size, **how)
    else:
        moved = cv2.warpPerspective(pixels, matrix, size, **how)
    return torch.from_numpy(moved).permute(2, 0, 1)[None]


def _with_grid_sample(picture: torch.Tensor, matrix: Matrix) -> torch.Tensor:
    height, width = picture.shape[-2:]
    back = np.linalg.inv(matrix)
    x = torch.arange(width, device=picture.device, dtype=torch.float32)[None, :]
    y = torch.arange(height, device=picture.device, dtype=torch.float32)[:, None]
    # Python numbers go in with the kernels: no copy to the device.
    from_x, from_y, depth = (float(a) * x + float(b) * y + float(c) for a, b, c in back)
    grid = torch.stack(
        [
            from_x / depth * (2.0 / (width - 1)) - 1.0,
            from_y / depth * (2.0 / (height - 1)) - 1.0,
        ],
        dim=-1,
    )
    # Reflection about the outermost pixels' centres, as BORDER_REFLECT_101 does.
    return F.grid_sample(
        picture, grid[None], mode="bicubic", padding_mode="reflection", align_corners=True
    )
