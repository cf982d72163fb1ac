"""Draws text with Pillow, as a small picture with alpha and its position in the frame."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from phosphene.score.captions import Lettering

MARGIN = 0.05  # of the picture's height and width, free of text
SPACING = 0.25  # of the size, between lines
SMALLEST = 4  # px of a font


@dataclass(frozen=True)
class Drawn:
    """A drawn text.

    Parameters
    ----------
    pixels : ndarray, float32, shape (4, height, width)
        RGB times alpha, and alpha, 0 to 1.
    left, top : int
        Its place in the picture in px.
    """

    pixels: NDArray[np.float32]
    left: int
    top: int


def draw(text: str, lettering: Lettering, width: int, height: int) -> Drawn:
    """Draw a text within a picture.

    Lines that are too long are wrapped, and a text that is still too large is drawn smaller.

    Parameters
    ----------
    text : str
    lettering : Lettering
    width, height : int
        Size of the picture in px.
    """
    across, down = (max(1, round((1.0 - 2.0 * MARGIN) * side)) for side in (width, height))
    size = max(SMALLEST, round(lettering.size * height))
    picture = _picture(text, lettering, size, across)
    while (picture.width > across or picture.height > down) and size > SMALLEST:
        size = max(SMALLEST, int(0.85 * size))
        picture = _picture(text, lettering, size, across)
    picture = picture.crop((0, 0, min(picture.width, width), min(picture.height, height)))
    x, y = lettering.position
    left = round((width - across) / 2 + x * (across - picture.width))
    top = round((height - down) / 2 + y * (down - picture.height))
    pixels = np.asarray(picture, np.float32).transpose(2, 0, 1) / np.float32(255.0)
    pixels[:3] *= pixels[3]
    left = min(max(left, 0), width - picture.width)
    return Drawn(pixels, left, min(max(top, 0), height - picture.height))


def _picture(text: str, lettering: Lettering, size: int, across: int) -> Image.Image:
    """The text at a size in px, wrapped to a width if words allow it."""
    font = ImageFont.truetype(str(lettering.font), size)
    stroke = round(lettering.outline * size)
    lines = [_wrapped(line, font, across - 2 * stroke) for line in text.split("\n")]
    placed: dict[str, Any] = {
        "text": "\n".join(lines),
        "font": font,
        "spacing": SPACING * size,
        "align": "center",
        "stroke_width": stroke,
    }
    left, top, right, bottom = ImageDraw.Draw(Image.new("L", (1, 1))).multiline_textbbox(
        (0, 0), **placed
    )
    left, top = math.floor(left), math.floor(top)
    picture = Image.new("RGBA", (max(1, math.ceil(right) - left), max(1, math.ceil(bottom) - top)))
    ImageDraw.Draw(picture).multiline_text(
        (-left, -top), fill=(*lettering.colour, 255), stroke_fill=(0, 0, 0, 255), **placed
    )
    return picture


def _wrapped(line: str, font: ImageFont.FreeTypeFont, across: int) -> str:
    lines = [""]
    for word in line.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > across:
            lines.append(word)
        else:
            lines[-1] = longer
    return "\n".join(lines)
