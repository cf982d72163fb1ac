"""The article's loop against ours, in turn in one run, on the weights of the bundled model."""

from __future__ import annotations

import tempfile
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import torch

from benchmarks.article_loop import article_loop
from benchmarks.table import markdown
from phosphene.film import Film
from phosphene.paint.anchors import scene_anchors
from phosphene.paint.loading import load_engine, load_pipeline
from phosphene.paint.loop import paint
from phosphene.paint.pictures import to_bytes
from phosphene.paint.presets import PRESETS
from phosphene.project import Model
from phosphene.score.channels import CHANNELS
from phosphene.score.score import Score

STRENGTH = 0.5
FRAMES = 12


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


def ours(size: int, model: Model) -> float:
    """Frames per second, filming included; setting up is not counted, nor the first frame."""
    score = still_score(size, FRAMES + 1)
    engine = load_engine(PRESETS["worlds"], model, score)
    anchors = scene_anchors(score, engine)
    with (
        tempfile.TemporaryDirectory() as folder,
        Film(Path(folder) / "film.mp4", size, size, score.fps) as film,
    ):
        begun = 0.0
        for i, picture in enumerate(paint(score, engine, anchors)):
            film.write(to_bytes(picture))
            if i == 0:
                begun = time.perf_counter()
        return FRAMES / (time.perf_counter() - begun)


def article(size: int, steps: int, guidance_scale: float) -> float:
    """Frames per second; setting up is not counted."""
    pipe = load_pipeline(PRESETS["worlds"], torch.float32)
    with tempfile.TemporaryDirectory() as folder:
        spent = article_loop(pipe, still_score(size, FRAMES), steps, guidance_scale, Path(folder))
    return FRAMES / (sum(spent.values()) / 1000)


def report() -> str:
    """The table."""
    standard = PRESETS["worlds"].qualities["standard"]
    rows = []
    for size in (256, 512):
        same = article(size, standard.steps, standard.guidance_scale)
        usual = article(size, 20, 7.5)
        mine = ours(size, Model())
        rows.append(
            [str(size), f"{mine:.2f}", f"{same:.2f}", f"{mine / same:.2f} x", f"{usual:.2f}",
             f"{mine / usual:.2f} x"]
        )  # fmt: skip
    return markdown(
        ["px", "Phosphene, frames/s", "article's loop, same evaluations", "ratio",
         "article's loop, its own 20 steps", "ratio"],
        rows,
    )  # fmt: skip
