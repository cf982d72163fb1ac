"""Steady moves: the visible share of a constant zoom, turn or pan in each world."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from benchmarks.motion.camera import CHANNELS, Flow
from benchmarks.motion.films import decoded, luma
from benchmarks.painting import still_score
from benchmarks.table import markdown
from phosphene.engines.loading import load_engine
from phosphene.engines.presets import PRESETS
from phosphene.film import Film
from phosphene.painting.anchors import Anchor, SceneAnchors
from phosphene.painting.engine import Engine
from phosphene.painting.grading import grade
from phosphene.painting.loop import paint
from phosphene.painting.motion.step import step_matrix
from phosphene.painting.pictures import to_bytes
from phosphene.project.tables.model import Model
from phosphene.score.channels import CHANNELS as PAINTED
from phosphene.score.score import Score

SIZE, FRAMES = 256, 24
# Resting values of a directed project: `phosphene/directing/motion.py`.
REST, CADENCE = {"strength": 0.16, "renewal": 0.05}, 2
MOVES = {
    "zoom": {"zoom": 1.02},
    "rotation": {"rotation": 1.0},
    "pan x": {"translation_x": 2.0},
}
WORLDS = (
    "an ancient temple overgrown with vines",
    "a futuristic neon city at night",
    "a mystical forest with glowing mushrooms",
    "a purple nebula in deep space",
    "a coral reef underwater",
    "snowy mountains at dusk",
    "a burning fire",
    "a field of flowers",
    "storm clouds",
    "a golden mandala",
)


def steady_scores(
    prompts: Sequence[str], frames: int, rest: Mapping[str, float], cadence: int
) -> Iterator[tuple[int, str, Score]]:
    """A Score for each prompt and move: number of the prompt, channel, Score of frames + 1 rows.

    `rest` are the channels of every frame; every `cadence`-th frame is repainted.
    """
    still = {name: np.full(frames + 1, channel.neutral) for name, channel in PAINTED.items()}
    still |= {name: np.full(frames + 1, value) for name, value in rest.items()}
    repainted = (np.arange(frames + 1) % cadence == 0) & (still["strength"] > 0.0)
    for k in range(len(prompts)):
        weights = np.tile(np.eye(len(prompts))[k], (frames + 1, 1))
        for name, move in MOVES.items():
            moved = {channel: np.full(frames + 1, value) for channel, value in move.items()}
            yield k, name, replace(
                still_score(SIZE, frames + 1), channels=still | moved, prompts=tuple(prompts),
                weights=weights, diffuses=repainted,
            )  # fmt: skip


def share_shown(score: Score, engine: Engine, anchors: Sequence[Anchor], name: str) -> float:
    """The visible share of a steady move of the Score; 1 if it is fully visible."""
    column, flow = CHANNELS.index(name), Flow(score.width, score.height)
    commanded = flow.commanded(step_matrix(score.row(1), score.width, score.height))[column]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "steady.mp4"
        with Film(path, score.width, score.height, score.fps) as film:
            for i, picture, _ in paint(score, engine, anchors):
                film.write(to_bytes(grade(picture, score.row(i))))
        lumas = map(luma, decoded(path))
        seen = [flow.seen(*pair)[column] for pair in pairwise(lumas)]
    return float(np.mean(seen) / commanded)


def steady_shares(
    prompts: Sequence[str] = WORLDS,
    frames: int = FRAMES,
    rest: Mapping[str, float] = REST,
    cadence: int = CADENCE,
    weights: Path | None = None,
) -> dict[str, dict[str, float]]:
    """The visible share of each move, by prompt and channel.

    Parameters
    ----------
    prompts : sequence of str
    frames : int
        Steps that are measured of each film.
    rest : mapping of str to float
        Channels of every frame.
    cadence : int
        Repaint every Nth frame.
    weights : Path, optional
        Folder of other weights of `worlds`.
    """
    preset = PRESETS["worlds"]
    preset = preset if weights is None else replace(preset, source=str(weights))
    scores = list(steady_scores(prompts, frames, rest, cadence))
    engine = load_engine(preset, Model(), scores[0][2])
    anchors = SceneAnchors(scores[0][2], engine)
    shares: dict[str, dict[str, float]] = {prompt: {} for prompt in prompts}
    for k, name, score in scores:
        shares[prompts[k]][name] = share_shown(score, engine, anchors, name)
    return shares


def report(shares: dict[str, dict[str, float]]) -> str:
    """One row per prompt, and their mean and minimum."""
    figures = np.array([[shares[prompt][name] for name in MOVES] for prompt in shares])
    named = {**dict(zip(shares, figures, strict=True)),
             "**mean**": figures.mean(0), "**least**": figures.min(0)}  # fmt: skip
    moves = [", ".join(f"{n} {v:g}" for n, v in move.items()) for move in MOVES.values()]
    return markdown(
        ["visible share of the motion", *moves],
        [[name, *(f"{share:.2f}" for share in row)] for name, row in named.items()],
    )
