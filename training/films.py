"""Short films of a model, painted by Phosphene itself."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.painting import still_score
from phosphene.engines.loading import load_engine
from phosphene.engines.presets import PRESETS
from phosphene.painting.anchors import SceneAnchors
from phosphene.painting.loop import paint
from phosphene.painting.pictures import to_bytes
from phosphene.project.tables.model import Model
from training.contact import Tile
from training.paths import WORLDS

SIZE = 256


def film(
    prompts: Sequence[str], weights: NDArray[np.float64], folder: Path = WORLDS
) -> Iterator[Tile]:
    """One frame per row of `weights`, (frames, prompts): a slow zoom and turn at strength 0.5."""
    score = replace(still_score(SIZE, len(weights)), prompts=tuple(prompts), weights=weights)
    engine = load_engine(replace(PRESETS["worlds"], source=str(folder)), Model(), score)
    for _, picture, _ in paint(score, engine, SceneAnchors(score, engine)):
        yield to_bytes(picture)


def scene(prompt: str, frames: int, folder: Path = WORLDS) -> Iterator[Tile]:
    """The first picture of one prompt, and `frames` frames after it."""
    return film([prompt], np.ones((frames + 1, 1)), folder)
