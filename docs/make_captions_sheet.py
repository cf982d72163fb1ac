"""Draw docs/pictures/captions.jpg: a title and lyrics over a film of the bundled model.

python docs/make_captions_sheet.py
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from phosphene.engines.presets import PRESETS, load_preset
from phosphene.lettering.fonts import default_font
from phosphene.painting.frames import paint
from phosphene.project.tables.model import Model
from phosphene.score.captions import Caption, Lettering
from phosphene.testing import small_score

FILE = Path(__file__).parent / "pictures" / "captions.jpg"
WIDTH, HEIGHT, FRAMES = 504, 288, 16
LYRICS = Lettering(default_font(), 0.07, (0.5, 1.0), (255, 255, 255), 0.08)
TITLE = replace(LYRICS, size=0.16, position=(0.5, 0.5), colour=(255, 217, 160))
NAMES = replace(LYRICS, size=0.05, position=(1.0, 1.0))
CAPTIONS = (
    Caption("Nocturne", 0, 4, 0, TITLE),
    Caption("When the lanterns are lit", 4, 8, 0, LYRICS),
    Caption("we walk along the water, and none of us remembers the way home", 8, 12, 0, LYRICS),
    Caption("music: A. Name\nfilm: B. Name", 12, 16, 0, NAMES),
)


def sheet() -> Image.Image:
    """The last frame of each text, in reading order."""
    prompts = ("an ocean at night with stars, aurora", "an ocean at dusk, a city")
    score = small_score(prompts, n=FRAMES, width=WIDTH, height=HEIGHT, seed=7)
    moves = {"zoom": np.full(FRAMES, 1.01), "strength": np.full(FRAMES, 0.4)}
    score = replace(score, channels={**score.channels, **moves}, captions=CAPTIONS)
    frames = list(paint(score, load_preset(PRESETS["worlds"], Model(quality="fine"), score)))
    shown = frames[3::4]
    return Image.fromarray(np.vstack([np.hstack(shown[:2]), np.hstack(shown[2:])]))


if __name__ == "__main__":
    sheet().save(FILE, quality=85)
