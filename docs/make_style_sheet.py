"""Draw the sheet of styles in plugins/phosphene-styletransfer/README.md: each as its film looks.

    python docs/make_style_sheet.py

Needs phosphene-styletransfer.
"""

from __future__ import annotations

import io
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from phosphene_styletransfer import load
from phosphene_styletransfer.styles import STYLES
from PIL import Image

from phosphene.painting.loop import paint
from phosphene.project.tables.model import Model
from phosphene.testing import small_score

FILE = Path(__file__).parents[1] / "plugins" / "phosphene-styletransfer" / "styles.png"
SIZE, SHOWN = 256, 92  # px, painted and shown
FRAMES = 25  # two seconds: the first picture is still finer than those that follow
COLUMNS, COLOURS = 9, 160


def painted(style: str) -> NDArray[np.float32]:
    """The last frame of two seconds that slowly move in, shape (SIZE, SIZE, 3), 0 to 1."""
    score = small_score((style,), n=FRAMES, width=SIZE, height=SIZE, seed=5)
    still = {"zoom": np.full(FRAMES, 1.01), "strength": np.full(FRAMES, 0.25)}
    score = replace(score, fps=Fraction(12), channels={**score.channels, **still})
    *_, (_, last, _) = paint(score, load(Model(name="styletransfer"), score))
    return last[0].permute(1, 2, 0).numpy()


def sheet() -> bytes:
    """Every style under its name, as a PNG of few colours."""
    rows = -(-len(STYLES) // COLUMNS)
    figure = Figure(figsize=(COLUMNS * 1.0, rows * 1.14), dpi=SHOWN, layout="constrained")
    places = figure.subplots(rows, COLUMNS)
    for place in places.flat:
        place.axis("off")
    for place, style in zip(places.flat, STYLES, strict=False):
        place.imshow(painted(style), interpolation="antialiased")
        place.set_title(style, fontsize=7, pad=2)
    drawn, small = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png")
    Image.open(drawn).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(
        small, "PNG", optimize=True
    )
    return small.getvalue()


if __name__ == "__main__":
    FILE.write_bytes(sheet())
