"""What a model has painted of late, to be painted on, as a film does it frame after frame."""

from typing import NamedTuple

import torch
from torch import Tensor

from training.latents import Samples
from training.worn import moved, steps_of_the_camera

# a pixel of the latents is so many of the picture
SCALE = 8


class Painted(NamedTuple):
    """latents: what was painted. noise: what it was painted from. fresh: (n,), by one step alone.

    words: (n, LENGTH). labels: (n, 2). drawn: a drawing of the same words.
    """

    latents: Tensor
    noise: Tensor
    fresh: Tensor
    words: Tensor
    labels: Tensor
    drawn: Tensor


class Pool:
    """Pictures of one shape. It begins with drawings, so many times over."""

    def __init__(self, samples: Samples, words: Tensor, times: int = 4) -> None:
        clean = samples.clean
        fresh = torch.zeros(len(clean), dtype=torch.bool, device=clean.device)
        first = Painted(clean, torch.zeros_like(clean), fresh, words, samples.labels, clean)
        self.held = Painted(*(kind.repeat(times, *[1] * (kind.ndim - 1)) for kind in first))

    def take(self, count: int, dice: torch.Generator) -> tuple[Tensor, Painted]:
        """Any of them, and which: fresh ones as they are, with their noise; others moved, amid new.

        One step from noise alone does not yet tell a picture: the second one goes on from there.
        """
        device = self.held.latents.device
        picks = torch.randperm(len(self.held.fresh), generator=dice, device=device)[:count]
        latents, noise, fresh, *rest = (kind[picks] for kind in self.held)
        height, width = latents.shape[2:]
        steps = steps_of_the_camera(count, width, height, dice)
        steps[:, :2, 2] /= SCALE
        anew = torch.randn(noise.shape, generator=dice, device=device)
        as_they_are = fresh[:, None, None, None]
        latents = torch.where(as_they_are, latents, moved(latents, steps))
        return picks, Painted(latents, torch.where(as_they_are, noise, anew), fresh, *rest)

    def paint_over(self, picks: Tensor, latents: Tensor) -> None:
        """What was taken, painted on."""
        self.held.latents[picks] = latents
        self.held.fresh[picks] = False

    def enter(self, new: Painted, dice: torch.Generator) -> None:
        """In the places of any others."""
        device = self.held.latents.device
        picks = torch.randperm(len(self.held.fresh), generator=dice, device=device)
        for held, given in zip(self.held, new, strict=True):
            held[picks[: len(given)]] = given
