"""A replay pool of recently painted pictures.

A picture is painted from noise in a few steps, then warped and repainted repeatedly, as in a film.
A model trained only on single steps drifts over twenty.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from training.degraded import camera_motions, warped
from training.latents import Samples

SCALE = 8  # pixels per latent pixel
# timesteps per denoising step: one of twenty to one of two; below ARRIVED a picture is finished
STRIDES, ARRIVED = (50, 500), 40
TIMES = (300, 700)  # timesteps from which a film repaints


class Painted(NamedTuple):
    """latents: predicted pictures. noise: predicted noise. left: (n,), the timestep reached, 0 for
    a finished picture.

    words: (n, LENGTH). labels: (n, 2). drawn: a drawing of the same caption.
    """

    latents: Tensor
    noise: Tensor
    left: Tensor
    words: Tensor
    labels: Tensor
    drawn: Tensor


class Pool:
    """Pictures of one shape, initially drawings repeated `times` times."""

    def __init__(self, samples: Samples, words: Tensor, times: int = 4) -> None:
        clean = samples.clean
        left = torch.zeros(len(clean), dtype=torch.long, device=clean.device)
        first = Painted(clean, torch.zeros_like(clean), left, words, samples.labels, clean)
        self.pictures = Painted(*(kind.repeat(times, *[1] * (kind.ndim - 1)) for kind in first))

    def take(self, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor, Painted]:
        """A random (picks, timesteps to denoise from, pictures).

        An unfinished picture keeps its noise; a finished one is warped and gets new noise.
        """
        device = self.pictures.latents.device
        picks = torch.randperm(len(self.pictures.left), generator=generator, device=device)[:count]
        latents, noise, left, *rest = (kind[picks] for kind in self.pictures)
        share = torch.rand(left.shape, generator=generator, device=device)
        next_times = left - (STRIDES[0] * (STRIDES[1] / STRIDES[0]) ** share).long()
        unfinished = next_times > ARRIVED
        height, width = latents.shape[2:]
        steps = camera_motions(count, width, height, generator)
        steps[:, :2, 2] /= SCALE
        mask = unfinished[:, None, None, None]
        latents = torch.where(mask, latents, warped(latents, steps))
        new_noise = torch.randn(noise.shape, generator=generator, device=device)
        noise = torch.where(mask, noise, new_noise)
        film_times = torch.randint(*TIMES, left.shape, generator=generator, device=device)
        times = torch.where(unfinished, next_times, film_times)
        left = torch.where(unfinished, next_times, 0)
        return picks, times, Painted(latents, noise, left, *rest)

    def replace(self, picks: Tensor, latents: Tensor, noise: Tensor, left: Tensor) -> None:
        """Store the next step of the pictures that were taken."""
        self.pictures.latents[picks] = latents
        self.pictures.noise[picks] = noise
        self.pictures.left[picks] = left

    def insert(self, new: Painted, generator: torch.Generator) -> None:
        """Replace random pictures by new ones."""
        device = self.pictures.latents.device
        picks = torch.randperm(len(self.pictures.left), generator=generator, device=device)
        for old, replacement in zip(self.pictures, new, strict=True):
            old[picks[: len(replacement)]] = replacement
