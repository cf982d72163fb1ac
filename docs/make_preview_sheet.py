"""Draw docs/pictures/preview.jpg: what `--model none` shows of a zoom, a turn and a morph.

python docs/make_preview_sheet.py
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from phosphene.engines.preview.camera import Camera
from phosphene.painting.loop import paint
from phosphene.painting.pictures import to_bytes
from phosphene.testing import small_score

FILE = Path(__file__).parent / "pictures" / "preview.jpg"
SIZE, COLUMNS, ROWS = 320, 4, 2
EVERY = 17  # frames from one that is shown to the next


def sheet() -> Image.Image:
    """Frames of a film, in reading order."""
    frames = EVERY * COLUMNS * ROWS
    score = small_score(n=frames, width=SIZE, height=SIZE)
    moves = {"zoom": 1.02, "rotation": 0.5, "translation_x": 0.6}
    curves = {name: np.full(frames, value) for name, value in moves.items()}
    curves["strength"] = 0.3 + 0.45 * (np.arange(frames) % (2 * EVERY) == EVERY)
    score = replace(score, channels=score.channels | curves)
    shown = [to_bytes(frame.picture) for frame in paint(score, Camera(score))][::EVERY]
    rows = [np.hstack(shown[i : i + COLUMNS]) for i in range(0, len(shown), COLUMNS)]
    return Image.fromarray(np.vstack(rows))


if __name__ == "__main__":
    sheet().save(FILE, quality=85)
