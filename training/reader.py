"""The reader: a classifier of noisy latents, whose features the critic uses.

python -m training.reader [--minutes 14]

It resumes from its checkpoint, if there is one.

A critic on the features of a trained network learns in hundreds of steps what takes tens of
thousands from scratch (Sauer et al., "Projected GANs converge faster", 2021).
"""

import argparse
import random

import numpy as np
import torch
from torch import Tensor, nn

from training.batches import drifted
from training.classifier import BATCH, HELD_OUT, WIDTHS, Classifier, accuracy, labels, load, teach
from training.draw import looks
from training.latents import blurred
from training.places import RUNS, chunk_path, chunks_of
from training.vae import CHANNELS

CHECKPOINT = RUNS / "reader.safetensors"
# the most noise that it reads through; how far pictures are shifted, in latent pixels
HAZE, SHIFT = 0.7, 3
Shelf = tuple[Tensor, Tensor]


def new_reader() -> Classifier:
    """Takes latents (n, 8, h, w)."""
    return Classifier(nn.Conv2d(CHANNELS, WIDTHS[0], 4, stride=2, padding=1))


def load_reader() -> Classifier:
    return load(new_reader(), CHECKPOINT)


def hazed(latents: Tensor, noise: Tensor, haze: Tensor) -> Tensor:
    """Latents amid noise of a deviation of haze, (n, 1, 1, 1) in 0..1, as diffusion mixes them."""
    return (1 - haze.square()).sqrt() * latents + haze * noise


def drawn(held_out: bool) -> list[Shelf]:
    """Latents of drawings and their labels (n, 2), one shape after the other."""
    found: dict[tuple[int, ...], list[Shelf]] = {}
    for number in chunks_of("latents"):
        if (number % HELD_OUT == 0) == held_out:
            latents = torch.from_numpy(np.load(chunk_path("latents", number)))
            shape = tuple(latents.shape[1:])
            found.setdefault(shape, []).append((latents, labels(looks(number))))
    return [(torch.cat(a), torch.cat(b)) for a, b in (zip(*found[k], strict=True) for k in found)]


def train(minutes: float) -> None:
    torch.manual_seed(0)
    rng, dice, shelves = random.Random(0), torch.Generator().manual_seed(0), drawn(held_out=False)
    counts = [len(told) for _, told in shelves]

    def lesson(step: int) -> tuple[Tensor, Tensor]:
        latents, told = rng.choices(shelves, counts)[0]
        picks = torch.randint(len(told), (BATCH,), generator=dice)
        given = latents[picks].float()
        # what a model paints is soft, drifted and moved: what counts is what it shows
        if step % 3 == 0:
            given = blurred(given)
        if step % 2:
            given = drifted(given, dice)
        given = given.roll((rng.randint(-SHIFT, SHIFT), rng.randint(-SHIFT, SHIFT)), (2, 3))
        haze = HAZE * torch.rand(BATCH, 1, 1, 1, generator=dice)
        return hazed(given, torch.randn(given.shape, generator=dice), haze), told[picks]

    reader = load_reader().requires_grad_().train() if CHECKPOINT.exists() else new_reader()
    teach(reader, lesson, minutes, CHECKPOINT)
    reader = load_reader()
    for latents, told in drawn(held_out=True):
        world, palette = accuracy(reader, latents.float(), told)
        shape = "x".join(map(str, latents.shape[2:]))
        print(f"reader on held-out {shape}: world {world:.1%}, palette {palette:.1%}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m training.reader")
    parser.add_argument("--minutes", type=float, default=14)
    train(parser.parse_args().minutes)
