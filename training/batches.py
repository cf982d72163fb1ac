"""One training step's samples: latents, noise, captions; spoiled inputs for the feedback loop."""

import random
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from training.captions import caption, said
from training.latents import Known
from training.words import NEGATIVES

BATCH = 8
# how many of a batch start from a spoiled picture, and the least noise at which they do
SPOILED = 2
LEAST_HAZE = 0.6


@dataclass(frozen=True)
class Batch:
    """noisy: inputs. aim: the v to be found, (BATCH, 8, h, w). times: (BATCH,) whole numbers."""

    noisy: Tensor
    times: Tensor
    aim: Tensor
    captions: list[str]


def make_batch(known: Known, alphas: Tensor, step: int, seed: int = 0) -> Batch:
    """The batch of step number `step`: always the same one for the same cache."""
    dice = torch.Generator().manual_seed(seed * 1_000_003 + step)
    rng = random.Random(seed * 1_000_003 + step)
    clean, looks = known.batch(BATCH, dice)
    captions = [said(caption(look, rng), rng) for look in looks]
    if rng.random() < 0.3:
        clean, captions[0] = poor(clean, captions[0], rng)
    noise = torch.randn(clean.shape, generator=dice)
    # one time from each eighth of the schedule
    times = (torch.arange(BATCH) + torch.rand(BATCH, generator=dice)) / BATCH * 1000
    times = times.long().clamp(0, 999)[torch.randperm(BATCH, generator=dice)]
    alpha = alphas[times].view(-1, 1, 1, 1)
    signal, haze = alpha.sqrt(), (1 - alpha).sqrt()
    given = clean.clone()
    candidates = [i for i in range(1, BATCH) if 0.6 < float(haze[i]) < 0.98][:SPOILED]
    for i in candidates:
        given[i] = spoiled(clean[i], dice)
    noisy = signal * given + haze * noise
    # the model's picture is signal * noisy - haze * v: v is chosen so that it is the clean one
    aim = (signal * noisy - clean) / haze.clamp_min(1e-3)
    exact = signal * noise - haze * clean
    same = torch.tensor([i not in candidates for i in range(BATCH)]).view(-1, 1, 1, 1)
    return Batch(noisy, times, torch.where(same, exact, aim), captions)


def blurred(latents: Tensor) -> Tensor:
    """(n, c, h, w) through a 3 x 3 tent."""
    tent = torch.tensor([0.25, 0.5, 0.25])
    kernel = torch.outer(tent, tent).expand(latents.shape[1], 1, 3, 3)
    return F.conv2d(F.pad(latents, (1, 1, 1, 1), "replicate"), kernel, groups=latents.shape[1])


def spoiled(latent: Tensor, dice: Tensor | torch.Generator) -> Tensor:
    """One latent (c, h, w) as a frame of the loop hands it on: blurred, drifted, a little noisy."""
    amount, drift = torch.rand(2, generator=dice)
    soft = latent + amount * 0.8 * (blurred(latent[None])[0] - latent)
    channels = (latent.shape[0], 1, 1)
    gain = 1 + 0.12 * drift * torch.randn(channels, generator=dice)
    shift = 0.15 * drift * torch.randn(channels, generator=dice)
    return soft * gain + shift + 0.05 * amount * torch.randn(latent.shape, generator=dice)


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
