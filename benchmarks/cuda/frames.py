"""Frames as in a render, without encoding."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import islice
from typing import Any
from unittest import mock

import numpy as np
import torch
from numpy.typing import NDArray

from phosphene.engines import loading
from phosphene.engines.presets import PRESETS
from phosphene.engines.runtime.batches import Batches
from phosphene.engines.runtime.cuda_graphs import Graphs
from phosphene.painting.anchors import SceneAnchors
from phosphene.painting.engine import Engine
from phosphene.painting.frames import Painted, read_back
from phosphene.painting.grading import grade
from phosphene.painting.loop import paint
from phosphene.painting.pictures import to_levels
from phosphene.project.tables.model import Model
from phosphene.score.channels import CHANNELS
from phosphene.score.score import Score

WARM = 5  # frames before the time is measured


def score_of(size: int, frames: int, strength: float = 0.5, guidance: float = 1.0) -> Score:
    """A zoom and a turn from one prompt to another; colours and detail are matched."""
    values = {name: np.full(frames, channel.neutral) for name, channel in CHANNELS.items()}
    for name, value in (("zoom", 1.01), ("rotation", 0.2), ("strength", strength),
                        ("guidance", guidance)):  # fmt: skip
        values[name] = np.full(frames, value)
    share = np.linspace(0.0, 1.0, frames)
    return Score(
        fps=Fraction(12), width=size, height=size, frames=np.arange(frames), channels=values,
        prompts=("an ancient temple overgrown with vines", "a snowy mountain"),
        weights=np.stack([1.0 - share, share], 1), negative="blurry",
        seeds=42 + np.arange(frames), diffuses=np.ones(frames, bool),
    )  # fmt: skip


def engine_of(
    pipe: Any,
    preset: str,
    score: Score,
    device: torch.device,
    graphs: bool = True,
    batches: Batches | None = None,
    **about: Any,
) -> Engine:
    """The engine as a render loads it, except for the pipeline, which is given."""
    model = Model(device=device.type, quality="draft", **about)
    dtype = torch.float16 if device.type == "cuda" else torch.float32
    with (
        mock.patch.object(loading, "load_pipeline", return_value=pipe),
        mock.patch.object(loading, "working_dtype", return_value=dtype),
        mock.patch.object(loading, "Graphs", Graphs if graphs else lambda _: None),
    ):
        return loading.load_engine(replace(PRESETS[preset], graphs=False), model, score, batches)


def rendered(score: Score, engine: Engine, overlap: bool = True) -> Iterator[NDArray[np.uint8]]:
    """Frames on the host, as in a render before they are encoded."""
    anchors = SceneAnchors(score, engine)

    def painted() -> Iterator[Painted]:
        for row, picture, state in paint(score, engine, anchors):
            if row == len(score) - 1 and not bool(picture.isfinite().all()):
                print("NOT FINITE")
            yield row, state, to_levels(grade(picture, score.row(row)))

    if overlap:
        yield from (frame for _, _, frame in read_back(painted(), engine.device))
    else:
        yield from (levels.cpu().numpy() for _, _, levels in painted())


def warmed(frames: Iterator[NDArray[np.uint8]]) -> Iterator[NDArray[np.uint8]]:
    """The frames after the first `WARM`, which are painted first."""
    list(islice(frames, WARM))
    torch.cuda.synchronize()
    return frames


def rate(score: Score, engine: Engine, overlap: bool = True) -> float:
    """Frames per second after the first ones."""
    frames = warmed(rendered(score, engine, overlap))
    begun = time.perf_counter()
    count = sum(1 for _ in frames)
    return count / (time.perf_counter() - begun)
