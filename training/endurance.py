"""Films one scene of 1,000 frames per world and measures how it degrades.

python -m training.endurance [FRAMES] [WORLD ...]

Prints, per world, how the last tenth compares with the first (the measures of
`benchmarks.stability`), and in how many of ten frames the judge recognises it. Film strips go to
runs/endurance.jpg.
"""

import sys

import cv2
import numpy as np

from benchmarks.stability import FRAMES, LOOKS, followed
from training.contact import sheet
from training.films import scene
from training.judge import load_judge, shrink
from training.paths import RUNS
from training.scenes import SCENES
from training.words import HELD_OUT


def report(frames: int, worlds: list[str]) -> None:
    judge, strips = load_judge(), []
    early, late = slice(frames // 20, 3 * frames // 20 + 1), slice(frames - frames // 10 + 1, None)
    for world in worlds:
        measures, frames_shown = followed(scene(HELD_OUT[world][0], frames), frames)
        change = 100 * (measures[late].mean(axis=0) / measures[early].mean(axis=0) - 1)
        recognised = judge(shrink(np.stack(frames_shown[1:])))[0].argmax(1) == list(SCENES).index(
            world
        )
        changes = ", ".join(f"{k} {v:+.0f} %" for k, v in zip(LOOKS, change, strict=True))
        print(
            f"{world}: {changes}; recognised in {int(recognised.sum())} of {len(frames_shown) - 1}",
            flush=True,
        )
        strips.append(frames_shown)
        sheet(strips, RUNS / "endurance.jpg", 96)


if __name__ == "__main__":
    cv2.setNumThreads(1)
    report(int(sys.argv[1]) if sys.argv[1:] else FRAMES, sys.argv[2:] or list(SCENES))
