"""Converts pictures: a user's image to floats, and a painted frame to bytes.

PyTorch is imported only for tensors, because a preview of NumPy arrays begins a second earlier.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from phosphene.errors import ProjectError
from phosphene.song.files import IMAGE, require_file

if TYPE_CHECKING:
    import torch

NARROWEST = 20  # longer side over shorter; enlarging a narrower image would fill the memory


def read_image(path: Path, width: int, height: int) -> torch.Tensor:
    """Read a user's image as a tensor on the CPU; see `read_floats`."""
    import torch

    return torch.from_numpy(read_floats(path, width, height))


def read_floats(path: Path, width: int, height: int) -> NDArray[np.float32]:
    """Read a user's image as the first picture: scaled to cover the frame, cropped at its centre.

    Parameters
    ----------
    path : Path
    width, height : int
        Size of the video in px.

    Returns
    -------
    ndarray, float32, shape (1, 3, height, width), 0 to 1

    Raises
    ------
    ProjectError
        If it is not a readable image, or very narrow.
    """
    require_file(path, "image", IMAGE, ProjectError)
    data = np.fromfile(path, np.uint8)
    try:
        pixels = cv2.imdecode(data, cv2.IMREAD_COLOR)
    except cv2.error:  # more pixels than OpenCV allows
        pixels = None
    if pixels is None:
        raise ProjectError(
            f"{path} is not a readable image",
            "Give a PNG, JPEG or WebP file.",
        )
    if max(pixels.shape[:2]) > NARROWEST * min(pixels.shape[:2]):
        raise ProjectError(
            f"{path} is too narrow: {pixels.shape[1]}x{pixels.shape[0]}",
            f"Give an image whose longer side is at most {NARROWEST} times the shorter one.",
        )
    scale = max(width / pixels.shape[1], height / pixels.shape[0])
    scaled = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    scaled = cv2.resize(
        scaled, (max(width, scaled.shape[1]), max(height, scaled.shape[0]))
    )  # rounding may leave it a pixel short
    top, left = (scaled.shape[0] - height) // 2, (scaled.shape[1] - width) // 2
    crop = scaled[top : top + height, left : left + width, ::-1].astype(np.float32) / 255.0
    return np.ascontiguousarray(crop.transpose(2, 0, 1))[None]


def to_levels(picture: torch.Tensor) -> torch.Tensor:
    """Convert a painted frame to 8 bits, on its device.

    Parameters
    ----------
    picture : Tensor, float32, shape (1, 3, height, width), 0 to 1

    Returns
    -------
    Tensor, uint8, shape (height, width, 3)
        Rounded, not truncated: truncating would darken by half a level.
    """
    import torch

    if picture.device.type == "cpu":  # the same to the bit, in a fifth of the time
        return torch.from_numpy(array_levels(picture.numpy()))
    levels = (picture[0] * 255.0).round_().clamp_(0.0, 255.0).to(torch.uint8)
    return levels.permute(1, 2, 0).contiguous()


def array_levels(picture: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Convert a painted frame to 8 bits; see `to_levels`."""
    channels = picture[0].clip(0.0, 1.0)
    levels = cv2.merge([cv2.convertScaleAbs(channel, alpha=255.0) for channel in channels])
    return np.asarray(levels, np.uint8)


def to_bytes(picture: torch.Tensor) -> NDArray[np.uint8]:
    """Copy a painted frame to the host in 8 bits; see `to_levels`."""
    return to_levels(picture).cpu().numpy()
