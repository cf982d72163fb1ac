"""The critic: distinguishes drawn from painted latents, using the reader's features.

A mean squared error favours the mean of all plausible pictures, which is blurred. An adversarial
loss does not (Goodfellow et al. 2014). This critic sees the reader's features at each level
("Projected GANs", see `reader.py`) and whether they match the caption (Miyato and Koyama, "cGANs
with projection discriminator", 2018).
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training.classifier import WIDTHS
from training.text import WIDTH

HEAD = 64


class Head(nn.Module):
    """One level's features (n, width, h, w) and text embeddings (n, WIDTH), to (n,)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(width, HEAD, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(HEAD, HEAD, 3, padding=1),
            nn.LeakyReLU(0.2),
        )
        self.drawn, self.asked = nn.Conv2d(HEAD, 1, 1), nn.Linear(WIDTH, HEAD)

    def forward(self, level: Tensor, text: Tensor) -> Tensor:
        features = self.body(F.layer_norm(level, level.shape[1:]))
        fits = (features * self.asked(text)[:, :, None, None]).sum(1, keepdim=True)
        return (self.drawn(features) + fits / HEAD**0.5).mean(dim=(1, 2, 3))


class Critic(nn.Module):
    """The reader's features and text embeddings (n, WIDTH), to scores (n, levels)."""

    def __init__(self) -> None:
        super().__init__()
        self.heads = nn.ModuleList(Head(width) for width in WIDTHS)

    def forward(self, levels: Sequence[Tensor], text: Tensor) -> Tensor:
        dtype = self.heads[0].drawn.weight.dtype
        scores = [
            head(level.to(dtype), text.to(dtype))
            for head, level in zip(self.heads, levels, strict=True)
        ]
        return torch.stack(scores, dim=1).float()


def hinge(drawn: Tensor, painted: Tensor) -> Tensor:
    """Hinge loss: scores of drawings above 1, of painted pictures below -1."""
    return F.relu(1 - drawn).mean() + F.relu(1 + painted).mean()
