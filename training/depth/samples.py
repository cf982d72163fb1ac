"""Draw training pictures with their depth, in chunks of one shape; `worlds` repaints some of them.

python -m training.depth.samples CHUNKS

cache/depth-0000.npy  (CHUNK, height, width, 4) uint8: red, green, blue, and how near
"""

import random
import sys
from dataclasses import replace

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from phosphene.engines.depths.estimated import input_size
from phosphene.engines.depths.network import MULTIPLE, SIDE
from phosphene.engines.finding import find_engine
from phosphene.painting.pictures import to_bytes
from phosphene.plugins import load_plugins
from phosphene.project.tables.model import Model
from phosphene.testing import small_score
from training.captions import caption
from training.draw import EVERY, look_of, shape_of, write
from training.look import Look
from training.paths import chunk_path
from training.scenes import paint_with_depth

CHUNK = 50
# every so many-th chunk is repainted, each picture once or twice, at strengths from ... to ...
REPAINTED, STRENGTHS = 3, (0.15, 0.5)
Pairs = NDArray[np.uint8]


def looks_of(number: int) -> list[tuple[Look, list[int]]]:
    """The looks of a chunk, and what each is drawn from; one in three is a plain one.

    No picture is one that `worlds` was trained on.
    """
    numbers = range(number * CHUNK, (number + 1) * CHUNK)
    return [
        (EVERY[(37 * i) % len(EVERY)] if i % 3 == 0 else look_of(1_000_000 + i), [number, i, 8])
        for i in numbers
    ]


def drawn(looks: list[tuple[Look, list[int]]], width: int, height: int) -> tuple[Pairs, Pairs]:
    """The pictures, (n, height, width, 3), and how near everything is, (n, height, width)."""
    made = [paint_with_depth(look, seed, width, height) for look, seed in looks]
    return (
        np.stack([picture for picture, _ in made]),
        np.stack([(255 * near + 0.5).astype(np.uint8) for _, near in made]),
    )


@torch.no_grad()
def repainted(pictures: Pairs, looks: list[Look], seed: int) -> Pairs:
    """The pictures as `worlds` repaints them: so little that the depth stays what it was."""
    rng, (height, width) = random.Random(seed), pictures.shape[1:3]
    score = small_score(
        [caption(look, rng) for look in looks], len(looks), width, height, 1000 * seed
    )
    strengths = np.array([rng.uniform(*STRENGTHS) for _ in looks])
    score = replace(score, channels=score.channels | {"strength": strengths})
    engine = find_engine("worlds", load_plugins()).load(
        Model.model_validate({"device": "cpu"}), score
    )
    out = []
    for i, picture in enumerate(pictures):
        found = torch.from_numpy(picture).permute(2, 0, 1)[None].float() / 255
        for _ in range(rng.randint(1, 2)):
            found = engine.img2img(found, score.row(i))
        out.append(to_bytes(found))
    return np.stack(out)


def shrunk(colours: Pairs, near: Pairs, width: int, height: int) -> Pairs:
    """A picture and its nearness, (height, width, 4): means of colours, but samples of nearness."""
    size = (width, height)
    return np.dstack(
        [
            cv2.resize(colours, size, interpolation=cv2.INTER_AREA),
            cv2.resize(near, size, interpolation=cv2.INTER_NEAREST),
        ]
    )


def make(number: int) -> None:
    """A chunk, unless it is there."""
    target = chunk_path("depth", number)
    if target.exists():
        return
    looks = looks_of(number)
    shape = shape_of(number)
    pictures, near = drawn(looks, *shape)
    if number % REPAINTED == 1:
        pictures = repainted(pictures, [look for look, _ in looks], number)
    target.parent.mkdir(exist_ok=True)
    height, width = input_size(*shape, SIDE, MULTIPLE)
    both = zip(pictures, near, strict=True)
    write(target, np.stack([shrunk(*one, width, height) for one in both]))


if __name__ == "__main__":
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    # those that are not repainted take a tenth of the time
    for number in sorted(range(int(sys.argv[1])), key=lambda number: number % REPAINTED == 1):
        make(number)
        print(number, flush=True)
