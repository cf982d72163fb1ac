"""The samples of one training step: latents, noise, captions, and degraded inputs."""

import random
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import torch
from torch import Tensor

from training.captions import empty_captions
from training.device import SETTINGS
from training.latents import Dataset, blurred
from training.meaning import tokenize
from training.schedule import new_scheduler
from training.text import train_tokenizer

# one picture in four is degraded, with noise of a standard deviation in this range
DEGRADED, SIGMAS = 4, (0.6, 0.98)
# shares of steps that repaint these with the model, of blurred pictures captioned as such, and of
# captions dropped for classifier-free guidance
PAINTED, LOW_QUALITY, DROPPED = 0.4, 0.04, 0.1

Model = Callable[[Tensor, Tensor, Tensor], Tensor]
"""model(noisy latents, timesteps, token ids): the predicted v."""


class Batch(NamedTuple):
    """noisy: inputs (n, 8, h, w). times: timesteps (n,). words: token ids (n, LENGTH).

    target: the v to predict, (n, 8, h, w).
    """

    noisy: Tensor
    times: Tensor
    words: Tensor
    target: Tensor


def make_batch(
    dataset: Dataset, alphas: Tensor, step: int, seed: int = 0, model: Model | None = None
) -> Batch:
    """The batch of a step, determined by its number, the cache and the model."""
    rng = random.Random(seed * 1_000_003 + step)
    generator = torch.Generator(alphas.device).manual_seed(seed * 1_000_003 + step)

    def chance(share: float) -> Tensor:
        return torch.rand(len(clean), generator=generator, device=alphas.device) < share

    clean, degraded, captions, _ = dataset.batch(SETTINGS.batch, rng, generator)
    n_degraded = len(clean) // DEGRADED
    rows = torch.arange(len(clean), device=alphas.device)
    choice = torch.randint(
        captions.shape[1] - 1, rows.shape, generator=generator, device=alphas.device
    )
    words = captions[rows, choice]
    poor = chance(LOW_QUALITY) & (rows >= n_degraded)
    clean = torch.where(poor[:, None, None, None], blurred(blurred(clean)), clean)
    words = torch.where(poor[:, None], captions[:, -1], words)
    words = drop_captions(words, chance(DROPPED) & ~poor, generator)

    noise = torch.randn(clean.shape, generator=generator, device=alphas.device)
    times = torch.cat([
        stratified_times(n_degraded, *timesteps_of(SIGMAS), generator),
        stratified_times(len(clean) - n_degraded, 0, 1000, generator),
    ])  # fmt: skip
    alpha = alphas[times].view(-1, 1, 1, 1)
    signal, sigma = alpha.sqrt(), (1 - alpha).sqrt()
    inputs = clean.clone()
    inputs[:n_degraded] = drifted(degraded[:n_degraded], generator)
    if model and n_degraded and rng.random() < PAINTED:
        inputs[:n_degraded] = repainted(
            model, inputs[:n_degraded], words[:n_degraded], alphas, generator
        )
    noisy = signal * inputs + sigma * noise
    # the model's picture is signal * noisy - sigma * v: choose v so that this is the clean picture
    target = (signal * noisy - clean) / sigma.clamp_min(1e-3)
    exact = signal * noise - sigma * clean
    target = torch.where((rows < n_degraded)[:, None, None, None], target, exact)
    return Batch(noisy, times, words, target)


def drop_captions(words: Tensor, which: Tensor, generator: torch.Generator) -> Tensor:
    """Captions (n, LENGTH), with those selected by `which`, (n,), replaced by empty ones."""
    empty = empty_tokens(words.device)
    picks = torch.randint(len(empty), which.shape, generator=generator, device=words.device)
    return torch.where(which[:, None], empty[picks], words).long()


@cache
def empty_tokens(device: torch.device) -> Tensor:
    """Token ids of empty captions and of negative prompts, (n, LENGTH) int16."""
    return tokenize(train_tokenizer(), empty_captions(200, random.Random(0))).short().to(device)


@cache
def timesteps_of(sigmas: tuple[float, float]) -> tuple[int, int]:
    """The timesteps at which the noise has these standard deviations."""
    deviations = (1 - new_scheduler().alphas_cumprod).sqrt()
    return tuple(int(torch.searchsorted(deviations, sigma)) for sigma in sigmas)


def stratified_times(count: int, first: int, last: int, generator: torch.Generator) -> Tensor:
    """Stratified timesteps: one from each of `count` equal parts, in random order."""
    parts = torch.arange(count, device=generator.device)
    shares = (parts + torch.rand(count, generator=generator, device=generator.device)) / max(
        count, 1
    )
    times = (first + (last - first) * shares).long().clamp(0, 999)
    return times[torch.randperm(count, generator=generator, device=generator.device)]


@torch.no_grad()
def repainted(
    model: Model, latents: Tensor, words: Tensor, alphas: Tensor, generator: torch.Generator
) -> Tensor:
    """The model's own output after one evaluation, as the feedback loop would feed it back."""
    times = torch.linspace(350, 650, len(latents), device=latents.device).long()
    alpha = alphas[times].view(-1, 1, 1, 1)
    noise = torch.randn(latents.shape, generator=generator, device=latents.device)
    noisy = alpha.sqrt() * latents + (1 - alpha).sqrt() * noise
    return alpha.sqrt() * noisy - (1 - alpha).sqrt() * model(noisy, times, words)


def drifted(latents: Tensor, generator: torch.Generator) -> Tensor:
    """Latents (n, c, h, w) with a random gain, offset and noise for each picture."""
    device, each = latents.device, (len(latents), 1, 1, 1)
    channels = (*latents.shape[:2], 1, 1)
    amount, drift = torch.rand(2, *each, generator=generator, device=device)
    gain = 1 + 0.12 * drift * torch.randn(channels, generator=generator, device=device)
    shift = 0.15 * drift * torch.randn(channels, generator=generator, device=device)
    noise = torch.randn(latents.shape, generator=generator, device=device)
    return latents * gain + shift + 0.05 * amount * noise
