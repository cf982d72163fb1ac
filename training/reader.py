"""The reader: a classifier of noisy latents, whose features the critic uses.

python -m training.reader [--minutes 14]

Resumes from its checkpoint, if there is one. A critic on the features of a trained network learns
in hundreds of steps what takes tens of thousands from scratch (Sauer et al., "Projected GANs
converge faster", 2021).
"""

import argparse
import random

import numpy as np
import torch
from torch import Tensor, nn

from training.batches import drifted
from training.classifier import BATCH, HELD_OUT, WIDTHS, Classifier, accuracy, fit, labels, load
from training.draw import looks
from training.latents import blurred
from training.paths import RUNS, chunk_path, chunks_of
from training.vae import CHANNELS

CHECKPOINT = RUNS / "reader.safetensors"
MAX_SIGMA, SHIFT = 0.7, 3  # of the noise; of the random shifts, in latent pixels
Bucket = tuple[Tensor, Tensor]


def new_reader() -> Classifier:
    """Takes latents (n, 8, h, w)."""
    return Classifier(nn.Conv2d(CHANNELS, WIDTHS[0], 4, stride=2, padding=1))


def load_reader() -> Classifier:
    return load(new_reader(), CHECKPOINT)


def noised(latents: Tensor, noise: Tensor, sigma: Tensor) -> Tensor:
    """Add noise of standard deviation sigma, (n, 1, 1, 1) in 0..1, and preserve the variance."""
    return (1 - sigma.square()).sqrt() * latents + sigma * noise


def load_drawings(held_out: bool) -> list[Bucket]:
    """Latents of drawings and their labels (n, 2), by shape."""
    buckets: dict[tuple[int, ...], list[Bucket]] = {}
    for number in chunks_of("latents"):
        if (number % HELD_OUT == 0) == held_out:
            latents = torch.from_numpy(np.load(chunk_path("latents", number)))
            shape = tuple(latents.shape[1:])
            buckets.setdefault(shape, []).append((latents, labels(looks(number))))
    return [
        (torch.cat(a), torch.cat(b)) for a, b in (zip(*buckets[k], strict=True) for k in buckets)
    ]


def train(minutes: float) -> None:
    torch.manual_seed(0)
    rng, generator, buckets = (
        random.Random(0),
        torch.Generator().manual_seed(0),
        load_drawings(held_out=False),
    )
    counts = [len(targets) for _, targets in buckets]

    def batch_of(step: int) -> tuple[Tensor, Tensor]:
        latents, targets = rng.choices(buckets, counts)[0]
        picks = torch.randint(len(targets), (BATCH,), generator=generator)
        inputs = latents[picks].float()
        # augment with blur, colour drift and shifts, as pictures of a model have
        if step % 3 == 0:
            inputs = blurred(inputs)
        if step % 2:
            inputs = drifted(inputs, generator)
        inputs = inputs.roll((rng.randint(-SHIFT, SHIFT), rng.randint(-SHIFT, SHIFT)), (2, 3))
        sigma = MAX_SIGMA * torch.rand(BATCH, 1, 1, 1, generator=generator)
        return noised(inputs, torch.randn(inputs.shape, generator=generator), sigma), targets[picks]

    reader = load_reader().requires_grad_().train() if CHECKPOINT.exists() else new_reader()
    fit(reader, batch_of, minutes, CHECKPOINT)
    reader = load_reader()
    for latents, targets in load_drawings(held_out=True):
        world, palette = accuracy(reader, latents.float(), targets)
        shape = "x".join(map(str, latents.shape[2:]))
        print(f"reader on held-out {shape}: world {world:.1%}, palette {palette:.1%}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m training.reader")
    parser.add_argument("--minutes", type=float, default=14)
    train(parser.parse_args().minutes)
