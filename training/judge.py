"""The judge: a classifier of the world and palette of a picture.

python -m training.judge [--minutes 22]

Trained on the cached drawings, a quarter of them recoloured to hues of no palette.
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
    fit,
    labels,
    load,
)
from training.draw import EVEN, looks
from training.paths import RUNS, chunk_path, chunks_of

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
    """(n, h, w, 3) uint8 to the judge's input."""
    return normalised(small(pictures))


def normalised(pictures: Tensor) -> Tensor:
    """uint8 to float in -1..1."""
    return pictures.float() / 127.5 - 1


Labelled = tuple[Tensor, Tensor]
"""Pictures, (n, 3, SIZE, SIZE), and their labels, (n, 2)."""


def load_drawings(chunks: Iterable[int]) -> Labelled:
    """Square drawings of one world and at most one colour, as uint8."""
    pictures, targets = [], []
    for number in chunks:
        chunk = np.load(chunk_path("pictures", number), mmap_mode="r")
        if chunk.shape[1] == chunk.shape[2]:
            chosen = [i for i, k in enumerate(looks(number)) if not k.second and len(k.colours) < 2]
            pictures.append(small(chunk[chosen]))
            targets.append(labels(looks(number))[chosen])
    return torch.cat(pictures), torch.cat(targets)


def augmented(pictures: Tensor, step: int) -> Tensor:
    """Random flips, crops, blurs and gains, so that the judge tolerates the drift of a film."""
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
    """Random hue and saturation, so that the judge also learns shapes; (n, 3, h, w) in -1..1.

    A rotation about the grey axis, scaled. Grey and the mean of the channels do not change.
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
    pictures, targets = load_drawings(number for number in chunks if number not in held_out)

    def batch_of(step: int) -> Labelled:
        picks = torch.randint(0, len(targets), (BATCH,))
        inputs, targets_of_batch = normalised(pictures[picks]), targets[picks]
        inputs[: BATCH // 4] = recoloured(inputs[: BATCH // 4])
        targets_of_batch[: BATCH // 4, 1] = NONE
        return augmented(inputs, step), targets_of_batch

    fit(new_judge(), batch_of, minutes, CHECKPOINT)
    for kind, numbers in {
        "the prompts' distribution": [number for number in held_out if number < EVEN],
        "every world in every colour": [number for number in held_out if number >= EVEN],
    }.items():
        inputs, expected = load_drawings(numbers)
        world, palette = accuracy(load_judge(), normalised(inputs), expected)
        print(f"judge on held-out, {kind}: world {world:.1%}, palette {palette:.1%}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m training.judge")
    parser.add_argument("--minutes", type=float, default=22)
    train(parser.parse_args().minutes)
