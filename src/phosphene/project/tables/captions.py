"""`[captions]` and `[[title]]`: lyrics and titles over the film."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from phosphene.bounds import FileName
from phosphene.hints import hint
from phosphene.options import Table
from phosphene.score.units import Period, Position, Span

PLACES = {
    f"{down} {across}".replace("middle middle", "middle").removesuffix(" middle"): (x, y)
    for down, y in (("top", 0.0), ("middle", 0.5), ("bottom", 1.0))
    for across, x in (("left", 0.0), ("middle", 0.5), ("right", 1.0))
}
"""Positions by name, as shares of width and height."""


def _place(given: Any) -> tuple[float, float]:
    if isinstance(given, str) and given in PLACES:
        return PLACES[given]
    if isinstance(given, str):
        raise ValueError(hint(given, PLACES))
    if (
        isinstance(given, (list, tuple))
        and len(given) == 2
        and all(type(share) in (int, float) and 0 <= share <= 1 for share in given)
    ):
        return float(given[0]), float(given[1])
    raise ValueError('expected a name such as "bottom", or two shares: [0.5, 1.0]')


def _colour(given: Any) -> tuple[int, int, int]:
    if not isinstance(given, str) or not re.fullmatch("#[0-9a-fA-F]{6}", given):
        raise ValueError('expected a colour such as "#ffcc00"')
    red, green, blue = (int(given[k : k + 2], 16) for k in (1, 3, 5))
    return red, green, blue


Place = Annotated[tuple[float, float], BeforeValidator(_place)]
Colour = Annotated[tuple[int, int, int], BeforeValidator(_colour)]


class Letters(Table):
    """The appearance of text."""

    font: FileName | None = Field(None, description="a .ttf or .otf file; by default DejaVu Sans")
    size: float = Field(0.06, ge=0.01, le=1.0, description="share of the picture's height")
    position: Place = Field(
        "bottom",
        validate_default=True,
        description='"bottom", "top left" ..., or shares of width and height',
    )
    colour: Colour = Field("#ffffff", validate_default=True, description="as in HTML")
    outline: float = Field(
        0.08, ge=0.0, le=0.5, description="width of the black outline, as a share of the size"
    )
    fade: Span = Field(
        "0.2s", validate_default=True, description="duration of the fade-in and the fade-out"
    )


class Captions(Letters):
    """`[captions]`: the lyrics, line by line, over the film."""

    file: FileName = Field(description="lyrics, .lrc or .srt")


class Title(Letters):
    """`[[title]]`: a text over the film."""

    text: str = Field(min_length=1, max_length=1000, description="may have line breaks: \\n")
    at: Position = Field(description="where it appears")
    length: Period = Field("4s", validate_default=True, description="how long it is shown")
    size: float = Field(0.12, ge=0.01, le=1.0, description="share of the picture's height")
    position: Place = Field(
        "middle",
        validate_default=True,
        description='"middle", "top left" ..., or shares of width and height',
    )
    fade: Span = Field(
        "0.5s", validate_default=True, description="duration of the fade-in and the fade-out"
    )
