"""Does every world last? One scene of each, 1,000 frames long, as the painter paints it.

python -m training.endurance [FRAMES] [WORLD ...]

A row for each world as it is done: how its last tenth looks against its first (the measures of
`benchmarks.stability`), and in how many of ten frames the judge names it. The strips of all lie in
runs/endurance.jpg.
"""

import sys

import cv2
import numpy as np

from benchmarks.stability import FRAMES, LOOKS, followed
from training.contact import sheet
from training.films import scene
from training.judge import load_judge, shrink
from training.places import RUNS
from training.scenes import SCENES
from training.words import HELD_OUT


def report(frames: int, worlds: list[str]) -> None:
    judge, strips = load_judge(), []
    early, late = slice(frames // 20, 3 * frames // 20 + 1), slice(frames - frames // 10 + 1, None)
    for world in worlds:
        found, shown = followed(scene(HELD_OUT[world][0], frames), frames)
        change = 100 * (found[late].mean(axis=0) / found[early].mean(axis=0) - 1)
        named = judge(shrink(np.stack(shown[1:])))[0].argmax(1) == list(SCENES).index(world)
        told = ", ".join(f"{k} {v:+.0f} %" for k, v in zip(LOOKS, change, strict=True))
        print(f"{world}: {told}; named in {int(named.sum())} of {len(shown) - 1}", flush=True)
        strips.append(shown)
        sheet(strips, RUNS / "endurance.jpg", 96)


if __name__ == "__main__":
    cv2.setNumThreads(1)
    report(int(sys.argv[1]) if sys.argv[1:] else FRAMES, sys.argv[2:] or list(SCENES))
