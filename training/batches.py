"""One training step's samples: latents, noise, captions; spoiled inputs for the feedback loop."""

import random
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import torch
from torch import Tensor

from training.captions import unsaid
from training.latents import Known, blurred
from training.meaning import spell
from training.pace import PACE
from training.schedule import new_scheduler
from training.text import train_tokenizer

# a quarter of a batch starts from spoiled pictures, amid noise of a deviation in this range
SPOILED, HAZE = 4, (0.6, 0.98)
# how often those are ones that the model has just painted; how often a picture is a poor one,
# and how often it is left unsaid, for guidance
PAINTED, POOR, UNSAID = 0.4, 0.04, 0.1

Model = Callable[[Tensor, Tensor, Tensor], Tensor]
"""v of noisy latents at their times, under captions as token ids."""


class Batch(NamedTuple):
    """noisy: inputs. times: (n,) whole numbers. words: (n, LENGTH) token ids.

    aim: the v to be found, (n, 8, h, w).
    """

    noisy: Tensor
    times: Tensor
    words: Tensor
    aim: Tensor


def make_batch(
    known: Known, alphas: Tensor, step: int, seed: int = 0, model: Model | None = None
) -> Batch:
    """The batch of step number `step`: always the same one for the same cache and model."""
    rng = random.Random(seed * 1_000_003 + step)
    dice = torch.Generator(alphas.device).manual_seed(seed * 1_000_003 + step)

    def chance(share: float) -> Tensor:
        return torch.rand(len(clean), generator=dice, device=alphas.device) < share

    clean, worn, told, _ = known.batch(PACE.batch, rng, dice)
    spoiled = len(clean) // SPOILED
    rows = torch.arange(len(clean), device=alphas.device)
    which = torch.randint(told.shape[1] - 1, rows.shape, generator=dice, device=alphas.device)
    words = told[rows, which]
    poor = chance(POOR) & (rows >= spoiled)
    clean = torch.where(poor[:, None, None, None], blurred(blurred(clean)), clean)
    words = torch.where(poor[:, None], told[:, -1], words)
    words = hushed(words, chance(UNSAID) & ~poor, dice)

    noise = torch.randn(clean.shape, generator=dice, device=alphas.device)
    times = torch.cat([
        spread(spoiled, *times_of(HAZE), dice), spread(len(clean) - spoiled, 0, 1000, dice)
    ])  # fmt: skip
    alpha = alphas[times].view(-1, 1, 1, 1)
    signal, haze = alpha.sqrt(), (1 - alpha).sqrt()
    given = clean.clone()
    given[:spoiled] = drifted(worn[:spoiled], dice)
    if model and spoiled and rng.random() < PAINTED:
        given[:spoiled] = repainted(model, given[:spoiled], words[:spoiled], alphas, dice)
    noisy = signal * given + haze * noise
    # the model's picture is signal * noisy - haze * v: v is chosen so that it is the clean one
    aim = (signal * noisy - clean) / haze.clamp_min(1e-3)
    exact = signal * noise - haze * clean
    aim = torch.where((rows < spoiled)[:, None, None, None], aim, exact)
    return Batch(noisy, times, words, aim)


def hushed(words: Tensor, which: Tensor, dice: torch.Generator) -> Tensor:
    """Captions (n, LENGTH), of which some, (n,), give way to ones that say nothing."""
    silent = nothing(words.device)
    picks = torch.randint(len(silent), which.shape, generator=dice, device=words.device)
    return torch.where(which[:, None], silent[picks], words).long()


@cache
def nothing(device: torch.device) -> Tensor:
    """Captions that say nothing, or only what a negative prompt does, (n, LENGTH) int16."""
    return spell(train_tokenizer(), unsaid(200, random.Random(0))).short().to(device)


@cache
def times_of(haze: tuple[float, float]) -> tuple[int, int]:
    """The times between which the noise has such deviations."""
    deviations = (1 - new_scheduler().alphas_cumprod).sqrt()
    return tuple(int(torch.searchsorted(deviations, one)) for one in haze)


def spread(count: int, first: int, last: int, dice: torch.Generator) -> Tensor:
    """As many times, one from each equal part of first to last, in any order."""
    parts = torch.arange(count, device=dice.device)
    shares = (parts + torch.rand(count, generator=dice, device=dice.device)) / max(count, 1)
    times = (first + (last - first) * shares).long().clamp(0, 999)
    return times[torch.randperm(count, generator=dice, device=dice.device)]


@torch.no_grad()
def repainted(
    model: Model, given: Tensor, words: Tensor, alphas: Tensor, dice: torch.Generator
) -> Tensor:
    """What the model itself makes of pictures by one evaluation: the loop's next input."""
    times = torch.linspace(350, 650, len(given), device=given.device).long()
    alpha = alphas[times].view(-1, 1, 1, 1)
    noise = torch.randn(given.shape, generator=dice, device=given.device)
    noisy = alpha.sqrt() * given + (1 - alpha).sqrt() * noise
    return alpha.sqrt() * noisy - (1 - alpha).sqrt() * model(noisy, times, words)


def drifted(latents: Tensor, dice: torch.Generator) -> Tensor:
    """Latents (n, c, h, w), the colours of each drifted and a little noisy."""
    device, each = latents.device, (len(latents), 1, 1, 1)
    channels = (*latents.shape[:2], 1, 1)
    amount, drift = torch.rand(2, *each, generator=dice, device=device)
    gain = 1 + 0.12 * drift * torch.randn(channels, generator=dice, device=device)
    shift = 0.15 * drift * torch.randn(channels, generator=dice, device=device)
    noise = torch.randn(latents.shape, generator=dice, device=device)
    return latents * gain + shift + 0.05 * amount * noise
