"""A small network that estimates the depth of pictures of `worlds`; `training.depth` trains it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import nn

WEIGHTS = Path(__file__).parents[2] / "models" / "depth" / "worlds.safetensors"
SIDE, MULTIPLE = 128, 32  # px: of the shorter side of its input, and the factor of both sides
WIDTHS = (16, 32, 64, 96, 128)  # channels, from a half to a 32nd of the input's size
BLOCKS = (1, 2, 2, 2, 1)


class Block(nn.Module):
    """Two convolutions whose output is added to their input; at first it adds nothing."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        for weights in self.second.parameters():
            nn.init.zeros_(weights)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The features, shape (n, channels, height, width), with something added to them."""
        found: torch.Tensor = x + self.second(self.first(x.relu()).relu())
        return found


class DepthNetwork(nn.Module):
    """A convolutional encoder and decoder with skip connections (U-Net; Ronneberger et al., 2015).

    The place of each pixel is part of the input, because the ground is below and the sky above.
    """

    def __init__(self) -> None:
        super().__init__()
        before = (5, *WIDTHS)
        self.down = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(before[i], width, 5 if i == 0 else 3, 2, 2 if i == 0 else 1),
                *(Block(width) for _ in range(BLOCKS[i])),
            )
            for i, width in enumerate(WIDTHS)
        )
        self.lateral = nn.ModuleList(
            nn.Conv2d(wide, narrow, 1) for narrow, wide in pairwise(WIDTHS)
        )
        self.up = nn.ModuleList(Block(width) for width in WIDTHS[:-1])
        self.out = nn.Conv2d(WIDTHS[0], 4, 3, padding=1)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """The nearness of each pixel.

        Parameters
        ----------
        pictures : Tensor, float32, shape (n, 3, height, width)
            0 to 1; both sides are multiples of `MULTIPLE`.

        Returns
        -------
        Tensor, float32, shape (n, 1, height, width)
            About 0 to 1, linear in the inverse distance.
        """
        n, _, height, width = pictures.shape
        x = torch.linspace(-1, 1, width, device=pictures.device).expand(n, 1, height, width)
        y = torch.linspace(-1, 1, height, device=pictures.device)[:, None]
        found = torch.cat([2 * pictures - 1, x, y.expand(n, 1, height, width)], 1)
        skipped = []
        for stage in self.down:
            found = stage(found)
            skipped.append(found)
        for i in reversed(range(len(self.up))):
            wide = F.interpolate(self.lateral[i](found), scale_factor=2.0, mode="nearest")
            found = self.up[i](wide + skipped[i])
        return F.pixel_shuffle(self.out(found.relu()), 2)


def load_network() -> DepthNetwork:
    """The network with the bundled weights, as float32."""
    network = DepthNetwork()
    network.load_state_dict({k: v.float() for k, v in load_file(WEIGHTS).items()})
    return network.requires_grad_(False).eval()
