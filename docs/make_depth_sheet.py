"""Draw docs/pictures/depth-NAME.jpg: a flight with `worlds`, without and with depth.

python docs/make_depth_sheet.py [NAME ...]
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from phosphene.engines.finding import find_engine
from phosphene.painting.depth import with_depth
from phosphene.painting.frames import paint
from phosphene.plugins import load_plugins
from phosphene.project.tables.model import Depth, Model
from phosphene.score.score import Score
from phosphene.testing import small_score

PICTURES = Path(__file__).parent / "pictures"
SIZE, FRAMES = 320, 25
SHOWN = (0, 8, 16, 24)
CALM = {"strength": 0.3, "renewal": 0.1}
# A prompt for each space, and the camera's motion.
FLIGHTS = {
    "ramp": ("a garden with flowers", {"translation_x": -4.0}),
    "ground": ("a desert with dunes", {"translation_x": -4.0, "dolly": 0.02}),
    "tunnel": ("a forest at night", {"dolly": 0.04}),
    "bowl": ("a galaxy with stars", {"dolly": 0.03, "translation_x": 2.0}),
    "worlds": ("a forest with glowing mushrooms", {"translation_x": -4.0, "dolly": 0.01}),
}
Pixels = NDArray[np.uint8]


def flight(name: str, depth: Depth | None) -> list[Pixels]:
    """The shown frames of a flight."""
    prompt, moves = FLIGHTS[name]
    registry = load_plugins()
    score = small_score((prompt,), n=FRAMES, width=SIZE, height=SIZE, seed=7)
    curves = {channel: np.full(FRAMES, value) for channel, value in (CALM | moves).items()}
    score = replace(score, channels=score.channels | curves)
    spec = find_engine("worlds", registry)
    engine = spec.load(Model.model_validate({"device": "cpu"}), score)
    frames = list(paint(score, with_depth(engine, registry.depths[name], depth, score)))
    return [frames[number] for number in SHOWN]


def map_of(name: str, depth: Depth, score: Score, frame: Pixels) -> Pixels:
    """The depth of a frame as a picture: near is light."""
    import torch

    spec = load_plugins().depths[name]
    picture = torch.from_numpy(frame.copy()).permute(2, 0, 1)[None].float() / 255
    distance = spec.load(depth, score, torch.device("cpu"))(picture)
    inverse = (1.0 / distance[0, 0]).numpy()
    return np.repeat((255 * inverse / inverse.max()).astype(np.uint8)[..., None], 3, axis=2)


def sheet(name: str, flat: list[Pixels], deep: list[Pixels]) -> Image.Image:
    """The frames without depth, and below them the map and the frames with depth."""
    score = small_score(width=SIZE, height=SIZE)
    blank = np.full((SIZE, SIZE, 3), 255, np.uint8)
    rows = [blank, *flat], [map_of(name, depth_of(name), score, deep[0]), *deep]
    return Image.fromarray(np.vstack([np.hstack(row) for row in rows]))


def depth_of(name: str) -> Depth:
    """The depth of a flight, with the range of the defaults."""
    return Depth.model_validate({"source": name})


if __name__ == "__main__":
    for name in sys.argv[1:] or FLIGHTS:
        pictures = sheet(name, flight(name, None), flight(name, depth_of(name)))
        pictures.resize((1000, 400), Image.Resampling.LANCZOS).save(
            PICTURES / f"depth-{name}.jpg", quality=85
        )
