"""A pool of recently painted pictures, to be repainted.

A picture is painted from noise in a few steps, then moved and repainted repeatedly, as in a film. A
model trained only on the first step drifts over twenty.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from training.latents import Samples
from training.worn import moved, steps_of_the_camera

# a pixel of the latents is so many of the picture
SCALE = 8
# how far a step of the way from noise goes: a step of twenty, or one of two; the time below which a
# picture has arrived
STRIDES, ARRIVED = (50, 500), 40
# the times at which a film paints on
TIMES = (300, 700)


class Painted(NamedTuple):
    """latents: what was painted. noise: what was taken away. left: (n,), the time of its last step
    from noise, 0 once it has arrived.

    words: (n, LENGTH). labels: (n, 2). drawn: a drawing of the same words.
    """

    latents: Tensor
    noise: Tensor
    left: Tensor
    words: Tensor
    labels: Tensor
    drawn: Tensor


class Pool:
    """Pictures of one shape. It begins with drawings, so many times over."""

    def __init__(self, samples: Samples, words: Tensor, times: int = 4) -> None:
        clean = samples.clean
        left = torch.zeros(len(clean), dtype=torch.long, device=clean.device)
        first = Painted(clean, torch.zeros_like(clean), left, words, samples.labels, clean)
        self.held = Painted(*(kind.repeat(times, *[1] * (kind.ndim - 1)) for kind in first))

    def take(self, count: int, dice: torch.Generator) -> tuple[Tensor, Tensor, Painted]:
        """Any of them: which, the times at which they are painted next, and they themselves.

        On the way from noise one goes on as it is, with the noise that is left in it; what has
        arrived is moved, amid new noise.
        """
        device = self.held.latents.device
        picks = torch.randperm(len(self.held.left), generator=dice, device=device)[:count]
        latents, noise, left, *rest = (kind[picks] for kind in self.held)
        share = torch.rand(left.shape, generator=dice, device=device)
        next_ones = left - (STRIDES[0] * (STRIDES[1] / STRIDES[0]) ** share).long()
        on_the_way = next_ones > ARRIVED
        height, width = latents.shape[2:]
        steps = steps_of_the_camera(count, width, height, dice)
        steps[:, :2, 2] /= SCALE
        as_it_is = on_the_way[:, None, None, None]
        latents = torch.where(as_it_is, latents, moved(latents, steps))
        anew = torch.randn(noise.shape, generator=dice, device=device)
        noise = torch.where(as_it_is, noise, anew)
        of_a_film = torch.randint(*TIMES, left.shape, generator=dice, device=device)
        times = torch.where(on_the_way, next_ones, of_a_film)
        left = torch.where(on_the_way, next_ones, 0)
        return picks, times, Painted(latents, noise, left, *rest)

    def paint_over(self, picks: Tensor, latents: Tensor, noise: Tensor, left: Tensor) -> None:
        """What was taken, painted on."""
        self.held.latents[picks] = latents
        self.held.noise[picks] = noise
        self.held.left[picks] = left

    def enter(self, new: Painted, dice: torch.Generator) -> None:
        """In the places of any others."""
        device = self.held.latents.device
        picks = torch.randperm(len(self.held.left), generator=dice, device=device)
        for held, given in zip(self.held, new, strict=True):
            held[picks[: len(given)]] = given
