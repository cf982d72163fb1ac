"""The reference loop against Phosphene, in one run, with the weights of the bundled model.

Loading and the first frame are excluded. Peak memory is that of the process, reset for each case
(Linux only).
"""

from __future__ import annotations

import gc
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path

import numpy as np
import torch

from benchmarks.memory import peak
from benchmarks.reference_loop import reference_loop
from benchmarks.table import markdown
from benchmarks.timed import Timed
from phosphene.engines.loading import load_engine, load_pipeline
from phosphene.engines.presets import PRESETS, Preset
from phosphene.engines.runtime.device import working_dtype
from phosphene.film import Film
from phosphene.painting.anchors import SceneAnchors
from phosphene.painting.loop import paint
from phosphene.painting.pictures import to_bytes
from phosphene.project.tables import QUALITIES
from phosphene.project.tables.model import Model
from phosphene.score.channels import CHANNELS
from phosphene.score.score import Score

STRENGTH = 0.5
FRAMES = {256: 24, 512: 8}
REFERENCE = 20, 7.5  # steps and guidance of the reference loop
PARTS = ("img2img", "to the film", "all else")


@dataclass(frozen=True)
class Measured:
    """Milliseconds per frame by part, and the peak memory of the process in MiB."""

    parts: dict[str, float]
    peak: float

    @property
    def rate(self) -> float:
        """Frames per second."""
        return 1000.0 / sum(self.parts.values())


def still_score(size: int, frames: int) -> Score:
    """One prompt, a slow zoom and turn."""
    values = {name: np.full(frames, channel.neutral) for name, channel in CHANNELS.items()}
    values |= {
        "zoom": np.full(frames, 1.01),
        "rotation": np.full(frames, 0.2),
        "strength": np.full(frames, STRENGTH),
    }
    return Score(
        fps=Fraction(12), width=size, height=size, frames=np.arange(frames), channels=values,
        prompts=("an ancient temple overgrown with vines",), weights=np.ones((frames, 1)),
        negative="blurry, low quality", seeds=42 + np.arange(frames),
        diffuses=np.ones(frames, bool),
    )  # fmt: skip


def ours(size: int, quality: str, preset: Preset = PRESETS["worlds"]) -> Measured:
    """Phosphene's loop as in `phosphene render`, with colour matching and encoding."""
    count = FRAMES[size]
    score = still_score(size, count + 1)
    engine = Timed(load_engine(preset, Model(quality=quality), score))
    anchors = SceneAnchors(score, engine)
    filming, begun = 0.0, 0.0
    with (
        tempfile.TemporaryDirectory() as folder,
        Film(Path(folder) / "film.mp4", size, size, score.fps) as film,
    ):
        for i, picture, _ in paint(score, engine, anchors):
            since = time.perf_counter()
            film.write(to_bytes(picture))
            if i == 0:
                engine.spent, begun = 0.0, time.perf_counter()
            else:
                filming += time.perf_counter() - since
        everything = time.perf_counter() - begun
    spent = (engine.spent, filming, everything - engine.spent - filming)
    return _measured({part: s / count for part, s in zip(PARTS, spent, strict=True)})


def reference(size: int, steps: int, guidance_scale: float, dtype: torch.dtype) -> Measured:
    """The reference loop with a dtype."""
    pipe = load_pipeline(PRESETS["worlds"], torch.float32).to(dtype=dtype)
    count = FRAMES[size]
    with tempfile.TemporaryDirectory() as folder:
        # A warm-up frame, as in `ours`.
        reference_loop(pipe, still_score(size, 1), steps, guidance_scale, Path(folder))
        spent = reference_loop(pipe, still_score(size, count), steps, guidance_scale, Path(folder))
    spent["all else"] = spent.pop("warp")
    return _measured({part: ms / 1000 / count for part, ms in spent.items()})


def _measured(seconds: dict[str, float]) -> Measured:
    return Measured({part: 1000 * s for part, s in seconds.items()}, peak(os.getpid()))


def afresh(case: Callable[[], Measured]) -> Measured:
    """Run a case, with memory cleared before and after it."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # resets the peak
    return case()


def rows(size: int) -> list[list[str]]:
    """The rows of the table for one size."""
    standard = PRESETS["worlds"].qualities["standard"]
    same = standard.steps, standard.guidance_scale
    exact, working = torch.float32, working_dtype(torch.device("cpu"))
    cases: dict[str, Callable[[], Measured]] = {
        f"Phosphene, {quality}": partial(ours, size, quality) for quality in QUALITIES
    }
    if working is exact:
        plain = replace(PRESETS["worlds"], graphs=False)
        cases["Phosphene, standard, without graphs"] = partial(ours, size, "standard", plain)
    cases["the reference loop, evaluations as `standard`"] = partial(reference, size, *same, exact)
    if working is not exact:
        cases["the same in bfloat16, as ours"] = partial(reference, size, *same, working)
    cases["the reference loop, its own 20 steps"] = partial(reference, size, *REFERENCE, exact)
    measured = {name: afresh(case) for name, case in cases.items()}
    standards = measured["Phosphene, standard"].rate
    return [
        [str(size), name, f"{one.rate:.2f}", *(f"{one.parts[part]:.0f}" for part in PARTS),
         f"{one.peak:.0f}", f"{standards / one.rate:.2f} x"]
        for name, one in measured.items()
    ]  # fmt: skip


def report() -> str:
    """The table."""
    return markdown(
        ["px", "loop", "frames/s", *(f"{part}, ms" for part in PARTS), "peak MiB",
         "`standard` is faster by"],
        [row for size in FRAMES for row in rows(size)],
    )  # fmt: skip
