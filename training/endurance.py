"""Does every world last? One scene of each, 1,000 frames long, as the painter paints it.

python -m training.endurance [FRAMES] [WORLD ...]

A row for each world as it is done: how its last tenth looks against its first (the measures of
`benchmarks.stability`), and in how many of ten frames the judge names it. The strips of all lie in
runs/endurance.jpg.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np

from benchmarks.painting import still_score
from benchmarks.stability import FRAMES, LOOKS, SIZE, followed
from phosphene.paint.anchors import scene_anchors
from phosphene.paint.loading import load_engine
from phosphene.paint.loop import paint
from phosphene.paint.pictures import to_bytes
from phosphene.paint.presets import PRESETS
from phosphene.project import Model
from training.contact import Tile, sheet
from training.judge import load_judge, shrink
from training.places import RUNS
from training.scenes import SCENES
from training.words import HELD_OUT


def film(words: str, frames: int) -> Iterator[Tile]:
    """The first picture of a scene, and so many frames after it."""
    score = replace(still_score(SIZE, frames + 1), prompts=(words,))
    engine = load_engine(PRESETS["worlds"], Model(), score)
    for picture in paint(score, engine, scene_anchors(score, engine)):
        yield to_bytes(picture)


def report(frames: int, worlds: list[str]) -> None:
    judge, strips = load_judge(), []
    early, late = slice(frames // 20, 3 * frames // 20 + 1), slice(frames - frames // 10 + 1, None)
    for world in worlds:
        found, shown = followed(film(HELD_OUT[world][0], frames), frames)
        change = 100 * (found[late].mean(axis=0) / found[early].mean(axis=0) - 1)
        named = judge(shrink(np.stack(shown[1:])))[0].argmax(1) == list(SCENES).index(world)
        told = ", ".join(f"{k} {v:+.0f} %" for k, v in zip(LOOKS, change, strict=True))
        print(f"{world}: {told}; named in {int(named.sum())} of {len(shown) - 1}", flush=True)
        strips.append(shown)
        sheet(strips, RUNS / "endurance.jpg", 96)


if __name__ == "__main__":
    cv2.setNumThreads(1)
    report(int(sys.argv[1]) if sys.argv[1:] else FRAMES, sys.argv[2:] or list(SCENES))
