"""The judge: names the world and the palette of a picture.

python -m training.judge [--minutes 24]
"""

import argparse

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training.classifier import BATCH, HELD_OUT, WIDTHS, Classifier, accuracy, labels, load, teach
from training.draw import looks
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


def drawn(held_out: bool) -> tuple[Tensor, Tensor]:
    """The square drawings of one world and at most one colour, small, and their labels (n, 2)."""
    pictures, told = [], []
    for number in chunks_of("pictures"):
        chunk = np.load(chunk_path("pictures", number), mmap_mode="r")
        if chunk.shape[1] == chunk.shape[2] and (number % HELD_OUT == 0) == held_out:
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


def train(minutes: float) -> None:
    torch.manual_seed(0)
    pictures, told = drawn(held_out=False)

    def lesson(step: int) -> tuple[Tensor, Tensor]:
        picks = torch.randint(0, len(told), (BATCH,))
        return varied(spread(pictures[picks]), step), told[picks]

    teach(new_judge(), lesson, minutes, CHECKPOINT)
    pictures, told = drawn(held_out=True)
    world, palette = accuracy(load_judge(), spread(pictures), told)
    print(f"judge on held-out drawings: world {world:.1%}, palette {palette:.1%}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m training.judge")
    parser.add_argument("--minutes", type=float, default=24)
    train(parser.parse_args().minutes)
