"""`[prompts]`: what is painted, and when."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator

from phosphene.bounds import FileName
from phosphene.project.motion import Section
from phosphene.score.units import At, Period, Position, Span


class Shot(Section):
    """A prompt, and how the picture comes to it."""

    prompt: str = Field(description="what to paint")
    blend: Span | None = Field(
        None, description="length of the morph to it; 0s is a cut; else that of [prompts]"
    )
    negative: str | None = Field(None, description="what to avoid; else that of [prompts]")


def _shot(given: Any) -> Any:
    if isinstance(given, (dict, Shot)):
        return given
    if not isinstance(given, str):
        raise ValueError('expected text, or { prompt = "...", blend = "0s" }')
    return {"prompt": given}


class Prompts(Section):
    """`[prompts]`: what to paint, and when."""

    style: str = Field("", description="added to every prompt")
    negative: str = Field("", description="negative prompt")
    blend: Span = Field(
        20, validate_default=True, description="every change is a morph over this span"
    )
    shot: Period = Field(
        "8 bars",
        validate_default=True,
        description="a scene with a list of prompts changes to the next after this span",
    )
    lyrics: FileName | None = Field(
        None, description="lyrics, .lrc or .srt: each line is a prompt at its time"
    )
    at: dict[Position, Annotated[Shot, BeforeValidator(_shot)]] = Field(
        {"0": ""},
        validate_default=True,
        description='position and prompt, or { prompt = "...", blend = "0s" }; 0s is a cut',
    )

    @field_validator("at")
    @classmethod
    def _some(cls, at: dict[At, Shot]) -> dict[At, Shot]:
        if not at:
            raise ValueError("expected at least one prompt")
        return at
