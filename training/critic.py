"""The critic: distinguishes drawn from painted latents, using the reader's features.

A mean squared error is least for the mean of all pictures that might be, which is soft; what looks
drawn is learnt from a critic instead (Goodfellow et al. 2014). This one judges what the reader
finds, at each of its levels ("Projected GANs", see `reader.py`), and whether it is what was asked
for (Miyato and Koyama, "cGANs with projection discriminator", 2018).
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training.classifier import WIDTHS
from training.text import WIDTH

HEAD = 64


class Head(nn.Module):
    """One level's findings (n, width, h, w) and the captions' meaning (n, WIDTH), to (n,)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(width, HEAD, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(HEAD, HEAD, 3, padding=1),
            nn.LeakyReLU(0.2),
        )
        self.drawn, self.asked = nn.Conv2d(HEAD, 1, 1), nn.Linear(WIDTH, HEAD)

    def forward(self, level: Tensor, meaning: Tensor) -> Tensor:
        found = self.body(F.layer_norm(level, level.shape[1:]))
        fits = (found * self.asked(meaning)[:, :, None, None]).sum(1, keepdim=True)
        return (self.drawn(found) + fits / HEAD**0.5).mean(dim=(1, 2, 3))


class Critic(nn.Module):
    """The reader's levels and the captions' meaning to an opinion of each, (n, levels)."""

    def __init__(self) -> None:
        super().__init__()
        self.heads = nn.ModuleList(Head(width) for width in WIDTHS)

    def forward(self, levels: Sequence[Tensor], meaning: Tensor) -> Tensor:
        dtype = self.heads[0].drawn.weight.dtype
        told = [
            head(level.to(dtype), meaning.to(dtype))
            for head, level in zip(self.heads, levels, strict=True)
        ]
        return torch.stack(told, dim=1).float()


def hinge(drawn: Tensor, painted: Tensor) -> Tensor:
    """Drawn ones should be above 1, painted ones below -1."""
    return F.relu(1 - drawn).mean() + F.relu(1 + painted).mean()
