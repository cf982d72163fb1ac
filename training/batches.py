"""One training step's samples: latents, noise, captions; spoiled inputs for the feedback loop."""

import random
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from training.captions import caption, said
from training.latents import Known, blurred
from training.words import NEGATIVES

BATCH = 8
# how many of a batch start from a spoiled picture, and the least noise at which they do
SPOILED = 2
LEAST_HAZE = 0.6

Model = Callable[[Tensor, Tensor, list[str]], Tensor]
"""v of noisy latents at their times, under captions."""


@dataclass(frozen=True)
class Batch:
    """noisy: inputs. aim: the v to be found, (BATCH, 8, h, w). times: (BATCH,) whole numbers."""

    noisy: Tensor
    times: Tensor
    aim: Tensor
    captions: list[str]


def make_batch(
    known: Known, alphas: Tensor, step: int, seed: int = 0, model: Model | None = None
) -> Batch:
    """The batch of step number `step`: always the same one for the same cache and model."""
    dice = torch.Generator().manual_seed(seed * 1_000_003 + step)
    rng = random.Random(seed * 1_000_003 + step)
    clean, worn, looks = known.batch(BATCH, dice)
    captions = [said(caption(look, rng), rng) for look in looks]
    if rng.random() < 0.3:
        clean, captions[0] = poor(clean, captions[0], rng)
    noise = torch.randn(clean.shape, generator=dice)
    # one time from each BATCH-th of the schedule
    times = (torch.arange(BATCH) + torch.rand(BATCH, generator=dice)) / BATCH * 1000
    times = times.long().clamp(0, 999)[torch.randperm(BATCH, generator=dice)]
    alpha = alphas[times].view(-1, 1, 1, 1)
    signal, haze = alpha.sqrt(), (1 - alpha).sqrt()
    given = clean.clone()
    candidates = [i for i in range(1, BATCH) if LEAST_HAZE < float(haze[i]) < 0.98][:SPOILED]
    painted = candidates if model and rng.random() < 0.4 else []
    for i in candidates:
        given[i] = spoiled(worn[i], dice)
    if painted:
        given[painted] = repainted(
            model, given[painted], [captions[i] for i in painted], alphas, dice
        )
    noisy = signal * given + haze * noise
    # the model's picture is signal * noisy - haze * v: v is chosen so that it is the clean one
    aim = (signal * noisy - clean) / haze.clamp_min(1e-3)
    exact = signal * noise - haze * clean
    same = torch.tensor([i not in candidates for i in range(BATCH)]).view(-1, 1, 1, 1)
    return Batch(noisy, times, torch.where(same, exact, aim), captions)


@torch.no_grad()
def repainted(
    model: Model, given: Tensor, captions: list[str], alphas: Tensor, dice: torch.Generator
) -> Tensor:
    """What the model itself makes of pictures by one evaluation: the loop's next input."""
    times = torch.linspace(350, 650, len(given)).long()
    alpha = alphas[times].view(-1, 1, 1, 1)
    noisy = alpha.sqrt() * given + (1 - alpha).sqrt() * torch.randn(given.shape, generator=dice)
    return alpha.sqrt() * noisy - (1 - alpha).sqrt() * model(noisy, times, captions)


def spoiled(latent: Tensor, dice: torch.Generator) -> Tensor:
    """One worn latent (c, h, w), its colours drifted and a little noisy."""
    amount, drift = torch.rand(2, generator=dice)
    channels = (latent.shape[0], 1, 1)
    gain = 1 + 0.12 * drift * torch.randn(channels, generator=dice)
    shift = 0.15 * drift * torch.randn(channels, generator=dice)
    return latent * gain + shift + 0.05 * amount * torch.randn(latent.shape, generator=dice)


def poor(clean: Tensor, words: str, rng: random.Random) -> tuple[Tensor, str]:
    """The first sample made truly blurred and called so: what a negative prompt then leaves."""
    clean = clean.clone()
    clean[0] = blurred(blurred(clean[:1]))[0]
    told = rng.sample(NEGATIVES[:2], rng.randint(1, 2)) + rng.sample(
        NEGATIVES[2:], rng.randint(0, 3)
    )
    rng.shuffle(told)
    front = [words] if words and rng.random() < 0.5 else []
    return clean, ", ".join(front + told)
