"""The critic: tells drawn latents from the model's, patch by patch, and so asks for detail.

A mean squared error is least for the mean of all pictures that might be, which is soft; what looks
drawn is learnt from a critic instead (Goodfellow et al. 2014; for few steps of diffusion Sauer et
al., "Adversarial Diffusion Distillation", 2023).
"""

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training.text import WIDTH
from training.vae import CHANNELS

WIDTHS = (64, 96, 128)


class Critic(nn.Module):
    """Latents (n, 8, h, w) and what their captions mean, (n, WIDTH), to (n, 1, h/4, w/4)."""

    def __init__(self) -> None:
        super().__init__()
        stages: list[nn.Module] = [nn.Conv2d(CHANNELS, WIDTHS[0], 3, padding=1)]
        for into, out in pairwise(WIDTHS):
            stages += [
                nn.LeakyReLU(0.2),
                nn.Conv2d(into, into, 3, padding=1),
                nn.GroupNorm(8, into),
            ]
            stages += [nn.LeakyReLU(0.2), nn.Conv2d(into, out, 4, stride=2, padding=1)]
        stages += [nn.GroupNorm(8, WIDTHS[-1]), nn.LeakyReLU(0.2)]
        self.body = nn.Sequential(*stages)
        self.drawn = nn.Conv2d(WIDTHS[-1], 1, 3, padding=1)
        self.asked = nn.Linear(WIDTH, WIDTHS[-1])

    def forward(self, latents: Tensor, meaning: Tensor) -> Tensor:
        dtype = self.drawn.weight.dtype
        found = self.body(latents.to(dtype, memory_format=torch.channels_last))
        fits = (found * self.asked(meaning.to(dtype))[:, :, None, None]).sum(1, keepdim=True)
        return (self.drawn(found) + fits / WIDTHS[-1] ** 0.5).float()


def critic_loss(
    critic: Critic, drawn: Tensor, painted: Tensor, meaning: Tensor, judged: Tensor, noise: Tensor
) -> tuple[Tensor]:
    """Hinge loss of those that are judged, (n,) of 0 and 1: drawn ones above 1, painted below -1.

    noise: like the latents; both get some of it.
    """
    told = critic(
        torch.cat([drawn, painted]) + 0.1 * noise.repeat(2, 1, 1, 1), meaning.repeat(2, 1)
    )
    real, made = told.chunk(2)
    wrong = (F.relu(1 - real) + F.relu(1 + made)).mean(dim=(1, 2, 3))
    return (mean_of(wrong, judged),)


def mean_of(values: Tensor, judged: Tensor) -> Tensor:
    """Of the values (n,) that are judged, (n,) of 0 and 1."""
    return (values * judged).sum() / judged.sum().clamp_min(1)
