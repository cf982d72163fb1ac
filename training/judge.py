"""The judge: classifies the world and the palette of a picture.

python -m training.judge [--minutes 22]

It learns from the cached drawings, a quarter of them in colours that no palette has.
"""

import argparse
from collections.abc import Iterable
from math import pi

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training.classifier import (
    BATCH,
    HELD_OUT,
    NONE,
    WIDTHS,
    Classifier,
    accuracy,
    labels,
    load,
    teach,
)
from training.draw import EVEN, looks
from training.places import RUNS, chunk_path, chunks_of

SIZE = 96
CHECKPOINT = RUNS / "judge.safetensors"


def new_judge() -> Classifier:
    """Takes (n, 3, SIZE, SIZE) in -1..1."""
    return Classifier(nn.Conv2d(3, WIDTHS[0], 8, stride=4, padding=2))


def load_judge() -> Classifier:
    return load(new_judge(), CHECKPOINT)


def small(pictures: np.ndarray) -> Tensor:
    """(n, h, w, 3) uint8 as (n, 3, SIZE, SIZE) uint8."""
    resized = [cv2.resize(p, (SIZE, SIZE), interpolation=cv2.INTER_AREA) for p in pictures]
    return torch.from_numpy(np.stack(resized)).permute(0, 3, 1, 2)


def shrink(pictures: np.ndarray) -> Tensor:
    """(n, h, w, 3) uint8 as the judge takes them."""
    return spread(small(pictures))


def spread(small_ones: Tensor) -> Tensor:
    """uint8 to float in -1..1."""
    return small_ones.float() / 127.5 - 1


Drawn = tuple[Tensor, Tensor]
"""Pictures, (n, 3, SIZE, SIZE), and their labels, (n, 2)."""


def drawn(chunks: Iterable[int]) -> Drawn:
    """The square ones of one world and at most one colour, as uint8."""
    pictures, told = [], []
    for number in chunks:
        chunk = np.load(chunk_path("pictures", number), mmap_mode="r")
        if chunk.shape[1] == chunk.shape[2]:
            kept = [i for i, k in enumerate(looks(number)) if not k.second and len(k.colours) < 2]
            pictures.append(small(chunk[kept]))
            told.append(labels(looks(number))[kept])
    return torch.cat(pictures), torch.cat(told)


def varied(pictures: Tensor, step: int) -> Tensor:
    """Mirrored, nearer, softer, brighter: a film's frames drift, and the judge must not mind."""
    if step % 2:
        pictures = pictures.flip(3)
    if step % 3 == 0:
        size = int(torch.randint(SIZE * 2 // 3, SIZE, ()))
        top, left = torch.randint(0, SIZE - size, (2,)).tolist()
        part = pictures[:, :, top : top + size, left : left + size]
        pictures = F.interpolate(part, (SIZE, SIZE), mode="bilinear")
    if step % 4 == 0:
        pictures = F.avg_pool2d(pictures, 3, 1, 1)
    brighter = 1 + 0.08 * torch.randn(len(pictures), 1, 1, 1)
    return ((pictures + 1) * brighter - 1).clamp(-1, 1)


def recoloured(pictures: Tensor) -> Tensor:
    """(n, 3, h, w) in -1..1, each turned about the grey axis, faded or heightened.

    A world is told by its shapes too. What is grey stays, and so does the mean of the channels.
    """
    angle = 2 * pi * torch.rand(len(pictures), 1, 1)
    grey = torch.full((3, 3), 1 / 3)
    across = torch.tensor([[0.0, -1.0, 1.0], [1.0, 0.0, -1.0], [-1.0, 1.0, 0.0]]) / 3**0.5
    turned = angle.cos() * (torch.eye(3) - grey) + angle.sin() * across
    turned = grey + 1.3 * torch.rand(len(pictures), 1, 1) * turned
    return torch.einsum("nij,njhw->nihw", turned, pictures).clamp(-1, 1)


def train(minutes: float) -> None:
    torch.manual_seed(0)
    chunks = chunks_of("pictures")
    held_out = [number for number in chunks if number % HELD_OUT == 0]
    pictures, told = drawn(number for number in chunks if number not in held_out)

    def lesson(step: int) -> Drawn:
        picks = torch.randint(0, len(told), (BATCH,))
        given, named = spread(pictures[picks]), told[picks]
        given[: BATCH // 4] = recoloured(given[: BATCH // 4])
        named[: BATCH // 4, 1] = NONE
        return varied(given, step), named

    teach(new_judge(), lesson, minutes, CHECKPOINT)
    for kind, numbers in {
        "as prompts are": [number for number in held_out if number < EVEN],
        "every world in every colour": [number for number in held_out if number >= EVEN],
    }.items():
        given, right = drawn(numbers)
        world, palette = accuracy(load_judge(), spread(given), right)
        print(f"judge on held-out, {kind}: world {world:.1%}, palette {palette:.1%}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m training.judge")
    parser.add_argument("--minutes", type=float, default=22)
    train(parser.parse_args().minutes)
