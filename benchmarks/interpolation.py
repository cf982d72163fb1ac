"""Interpolated frames, compared with the true ones of films painted at 60 fps.

Every fourth frame is kept, and the three in between are interpolated. PSNR is the mean over the
interpolated frames. Time is CPU time over all cores, which other programs affect little.
"""

from __future__ import annotations

import itertools
import resource
import subprocess
import time
from collections.abc import Callable
from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.table import markdown
from phosphene.engines.finding import find_engine
from phosphene.film.ffmpeg import executable
from phosphene.painting.frames import paint
from phosphene.plugins import load_plugins
from phosphene.project.tables.model import Model
from phosphene.score.channels import CHANNELS
from phosphene.score.score import Score
from phosphene.screen.screen import Screen

FAST, EVERY = Fraction(60), 4
STEPS = 6  # painted frames at 15 fps, besides the first
CLIPS = {
    "slow zoom and turn": {"zoom": 1.02, "rotation": 1.0},
    "fast zoom": {"zoom": 1.2},
    "rotation": {"rotation": 10.0},
    "pan and tilt": {"pan": 3.0, "tilt": 1.0},
}
ENGINES = {"none": 512, "worlds": 256}
MCI = "minterpolate=fps=60:mi_mode=mci:mc_mode=aobmc:me_mode=bidir:vsbmc=1"
Frames = NDArray[np.uint8]


def score_of(motion: dict[str, float], size: int, rate: Fraction, frames: int) -> Score:
    """The motion of a clip, defined per frame at 15 fps, at another frame rate."""
    share = float(FAST / EVERY / rate)
    values = {
        name: channel.rescaled(np.full(frames, motion.get(name, channel.neutral)), share, 1.0)
        for name, channel in CHANNELS.items()
    }
    values["strength"] = np.full(frames, 0.35)
    return Score(
        fps=rate, width=size, height=size, frames=np.arange(frames), channels=values,
        prompts=("an ancient temple overgrown with vines",), weights=np.ones((frames, 1)),
        negative="", seeds=42 + np.arange(frames), diffuses=np.ones(frames, bool),
    )  # fmt: skip


def painted(engine: str, motion: dict[str, float]) -> tuple[Score, Frames]:
    """A clip painted at 60 fps, and the Score of its motion at 15 fps."""
    size, count = ENGINES[engine], STEPS * EVERY + 1
    fast = score_of(motion, size, FAST, count)
    spec = find_engine(engine, load_plugins())
    frames = np.stack(list(paint(fast, spec.load(Model(name=engine), fast))))
    return score_of(motion, size, FAST / EVERY, STEPS + 1), frames


def ours(score: Score, kept: Frames) -> Frames:
    """Phosphene's: `--interpolate 60`."""
    screen, made, before = Screen(score, FAST), [], None
    for index, frame in enumerate(kept):
        made += list(screen.frames(index, before, frame.tobytes()))
        before = frame.tobytes()
    return np.stack([np.frombuffer(frame, np.uint8).reshape(kept[0].shape) for frame in made])


def camera_alone(score: Score, kept: Frames) -> Frames:
    """Phosphene's without optical flow."""
    from phosphene.screen import flow

    rest, flow._remaining_flow = (
        flow._remaining_flow,
        lambda moved, after, grid: np.zeros_like(grid),
    )
    try:
        return ours(score, kept)
    finally:
        flow._remaining_flow = rest


def minterpolate(score: Score, kept: Frames) -> Frames:
    """ffmpeg's motion interpolation; it drops frames at both ends."""
    height, width = kept.shape[1:3]
    raw = ("-f", "rawvideo", "-pix_fmt", "rgb24")
    command = [
        *(executable(), "-v", "error", *raw, "-video_size", f"{width}x{height}"),
        *("-framerate", str(score.fps), "-i", "-", "-vf", MCI, "-threads", "1", *raw, "-"),
    ]
    made = subprocess.run(command, input=kept.tobytes(), capture_output=True, check=True).stdout
    return np.frombuffer(made, np.uint8).reshape(-1, height, width, 3)


def cross_fade(score: Score, kept: Frames) -> Frames:
    """Each frame fades into the next."""
    made = [kept[0]]
    for before, after in itertools.pairwise(kept):
        for share in np.arange(1, EVERY + 1) / EVERY:
            made.append(cv2.addWeighted(before, 1.0 - share, after, share, 0.0))
    return np.stack(made)


def repeated(score: Score, kept: Frames) -> Frames:
    """Each frame is shown until the next."""
    return np.repeat(kept, EVERY, axis=0)[: STEPS * EVERY + 1]


METHODS: dict[str, Callable[[Score, Frames], Frames]] = {
    "Phosphene": ours,
    "without flow": camera_alone,
    "minterpolate": minterpolate,
    "cross-fade": cross_fade,
    "repeat": repeated,
}


def psnr(true: Frames, made: Frames) -> float:
    """Mean PSNR of the interpolated frames in dB, at the time offset where it is highest."""
    found = []
    for offset in range(len(true) - len(made) + 1):
        pairs = [
            cv2.PSNR(true[offset + i], frame)
            for i, frame in enumerate(made)
            if (offset + i) % EVERY
        ]
        found.append(float(np.mean(pairs)))
    return max(found)


def _cores() -> float:
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


def report() -> str:
    """The table of docs/screen.md."""
    rows, spent = [], dict.fromkeys(METHODS, 0.0)
    for engine, size in ENGINES.items():
        for name, motion in CLIPS.items():
            score, true = painted(engine, motion)
            cells = []
            for method, make in METHODS.items():
                begun = _cores()
                made = make(score, true[::EVERY])
                if size == max(ENGINES.values()):
                    spent[method] += (_cores() - begun) / (STEPS * EVERY * len(CLIPS))
                cells.append(f"{psnr(true, made):.1f}")
            rows.append([f"{engine}, {size} px: {name}", f"**{cells[0]}**", *cells[1:]])
    rows.append(["ms of a core per frame at 512 px", *(f"{1e3 * s:.1f}" for s in spent.values())])
    return markdown(["PSNR, dB", *METHODS], rows)


if __name__ == "__main__":
    print(report())
