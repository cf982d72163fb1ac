"""Positions and spans: points in the song and lengths of time, as users write them.

A position is `30` (frame), `2.5s`, `1:30` (minutes), `beat 16`, `bar 9`, `section 2`, `chorus 2`
or `50%`. A part is `chorus` (all of them), `chorus 2` or `section 2`.
A span is `20` (frames), `0.25s`, `250ms`, `1 beat`, `4 bars` or `50%` (of the song).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from phosphene.bounds import MOMENT
from phosphene.song.song import ROLES

_NUMBER = r"(?P<n>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"

_POSITION_FORMS = {
    "frame": rf"(?:frame\s+)?{_NUMBER}",
    "s": rf"{_NUMBER}\s*s",
    "min": r"(?P<m>[0-9]+):(?P<n>[0-5]?[0-9](?:\.[0-9]*)?)",
    "beat": rf"beat\s+{_NUMBER}",
    "bar": rf"bar\s+{_NUMBER}",
    "section": r"section\s+(?P<n>[0-9]+)",
    **{role: rf"{role}(?:\s+(?P<n>[0-9]+))?" for role in ROLES},
    "%": rf"{_NUMBER}\s*%",
}
_SPAN_FORMS = {
    "frame": rf"{_NUMBER}(?:\s*frames?)?",
    "s": rf"{_NUMBER}\s*s",
    "ms": rf"{_NUMBER}\s*ms",
    "beat": rf"{_NUMBER}\s*beats?",
    "bar": rf"{_NUMBER}\s*bars?",
    "%": rf"{_NUMBER}\s*%",
}
POSITION_HELP = "a frame (30), 2.5s, 1:30, beat 16, bar 9, section 2, chorus, drop 1 or 50%"
PART_HELP = f"section 2, or a role, optionally with its number: {', '.join(ROLES)}"
SPAN_HELP = "a number of frames (20), 0.25s, 250ms, 1 beat, 4 bars or 50%"


@dataclass(frozen=True)
class At:
    """A point in the song, in the user's unit; `Timeline.at` converts it to seconds."""

    value: float
    unit: str
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Length:
    """A length of time, in the user's unit; `Timeline.length` converts it to seconds."""

    value: float
    unit: str
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Part:
    """Sections, in the user's words; `Timeline.spans` converts them to seconds.

    Parameters
    ----------
    name : str
        A role, or ``section``.
    number : int or None
        Which of them, from 1; None for all.
    text : str
        As written.
    """

    name: str
    number: int | None
    text: str

    def __str__(self) -> str:
        return self.text


def _parse(given: Any, forms: dict[str, str], allowed: str) -> tuple[float, str, str]:
    if isinstance(given, bool) or not isinstance(given, (int, float, str)):
        raise ValueError(f"expected {allowed}")
    # Kept as written: two spellings of one time must stay distinct, to report the conflict.
    text = given if isinstance(given, str) else f"{Decimal(given):f}"
    for unit, form in forms.items():
        found = re.fullmatch(form, text.strip(), re.IGNORECASE)
        if found:
            minutes = float(found.groupdict().get("m") or 0)
            value = float(found["n"] or 1) + 60.0 * minutes
            if value > MOMENT:
                raise ValueError(f"expected at most {MOMENT:.0f}")
            return value, {"min": "s"}.get(unit, unit), text
    raise ValueError(f"expected {allowed}")


def parse_position(given: Any) -> At:
    """Parse a position.

    Parameters
    ----------
    given : int, float, str or At
        As written by a user.

    Returns
    -------
    At

    Raises
    ------
    ValueError
        If it has none of the forms; beats, bars, sections and roles count from 1.
    """
    if isinstance(given, At):
        return given
    at = At(*_parse(given, _POSITION_FORMS, POSITION_HELP))
    _require_counted(at.unit, at.value)
    return at


def parse_part(given: Any) -> Part:
    """Parse sections by name.

    Parameters
    ----------
    given : str
        As written by a user.

    Returns
    -------
    Part

    Raises
    ------
    ValueError
        If it is neither a role nor the number of a section.
    """
    found = re.fullmatch(r"([a-z]+)(?:\s+([0-9]+))?", str(given).strip(), re.IGNORECASE)
    name, number = (found[1].lower(), found[2]) if found else ("", None)
    if name not in ROLES and (name != "section" or number is None):
        raise ValueError(f"expected {PART_HELP}")
    if number is None:
        return Part(name, None, str(given))
    if len(number) > 9:
        raise ValueError(f"expected at most {MOMENT:.0f}")
    _require_counted(name, int(number))
    return Part(name, int(number), str(given))


def _require_counted(unit: str, value: float) -> None:
    if unit in ("beat", "bar", "section", *ROLES) and value < 1:
        raise ValueError(f"{unit} numbers count from 1")


def parse_span(given: Any) -> Length:
    """Parse a span.

    Parameters
    ----------
    given : int, float, str or Length
        As written by a user.

    Returns
    -------
    Length

    Raises
    ------
    ValueError
        If it has none of the forms.
    """
    return given if isinstance(given, Length) else Length(*_parse(given, _SPAN_FORMS, SPAN_HELP))


def constant(given: Any) -> Any:
    """A number in place of positions and numbers, which applies throughout."""
    if isinstance(given, dict):
        return given
    if isinstance(given, bool) or not isinstance(parse_share(given), (int, float)):
        raise ValueError('expected a number, or positions and numbers: { "0" = 0, "bar 9" = 1 }')
    return {parse_position(0): given}


def parse_share(given: Any) -> Any:
    """Parse `50%` as 0.5, and return everything else unchanged."""
    found = re.fullmatch(rf"{_NUMBER}\s*%", given.strip()) if isinstance(given, str) else None
    return float(found["n"]) / 100.0 if found else given


Share = Annotated[float, BeforeValidator(parse_share)]
"""Field type of a share, written as 0.5 or `50%`."""


def _lasting(span: Length) -> Length:
    if span.value <= 0:
        raise ValueError("expected a span longer than 0")
    return span


Position = Annotated[
    At,
    BeforeValidator(parse_position),
    WithJsonSchema(
        {"type": ["string", "number"], "format": "position", "description": POSITION_HELP}
    ),
]
"""Field type of a position; `Timeline.at` converts it to seconds.

A default can be a string. Type checkers accept it with `Field("bar 9", validate_default=True)`.
"""

Span = Annotated[
    Length,
    BeforeValidator(parse_span),
    WithJsonSchema({"type": ["string", "number"], "format": "span", "description": SPAN_HELP}),
]
"""Field type of a length of time; `Timeline.length` converts it to seconds.

A default can be a string, as for a `Position`.
"""

Period = Annotated[Span, AfterValidator(_lasting)]
"""A `Span` longer than 0, which is safe to divide by."""
