"""The base of the first picture, unless the user gives an image."""

from __future__ import annotations

import torch

CELLS = (4, 8, 16, 32)  # patches across, each half as strong as the previous


def ground(height: int, width: int, seed: int) -> torch.Tensor:
    """Soft clouds in every colour.

    Parameters
    ----------
    height, width : int
        px.
    seed : int

    Returns
    -------
    Tensor, float32, shape (1, 3, height, width), 0 to 1
        Each colour spans 0 to 1.
    """
    draw = torch.Generator().manual_seed(seed)
    clouds = torch.zeros(1, 3, height, width)
    for cells in CELLS:
        patches = torch.rand(1, 3, cells, cells, generator=draw)
        clouds += (
            CELLS[0]
            / cells
            * torch.nn.functional.interpolate(
                patches, (height, width), mode="bicubic", align_corners=True
            )
        )
    low, high = clouds.amin((2, 3), keepdim=True), clouds.amax((2, 3), keepdim=True)
    return (clouds - low) / (high - low)
