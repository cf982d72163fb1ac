"""The project file: what a user says about a video, validated whole before anything is loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from phosphene.hints import hint
from phosphene.modulator import Modulator
from phosphene.score.channels import CHANNELS
from phosphene.score.mixing import MIXES
from phosphene.score.timeline import exact_fps
from phosphene.score.units import At, Position, Span, parse_position

# Defaults as a user would write them; pydantic validates them like any other input.
_EMPTY: Any = {}
_WHOLE: Any = 1.0

Size = Annotated[int, Field(ge=16, le=8192, multiple_of=2)]


def _fps(given: Any) -> str:
    exact = exact_fps(given)
    return str(exact)


class _Section(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, validate_default=True
    )


class SongFile(_Section):
    """`[song]`: what is listened to."""

    file: Path = Field(description="audio or video file, relative to the project file")


class Video(_Section):
    """`[video]`: size, frame rate, and which part of the song."""

    width: Size = Field(512, description="px; even")
    height: Size = Field(512, description="px; even")
    fps: Annotated[str, BeforeValidator(_fps)] = Field(
        "15", description="frames per second: 15, 23.976, 30000/1001"
    )
    start: Position | None = Field(
        None, description="where the video begins; else the song's start"
    )
    end: Position | None = Field(None, description="where the video ends; else the song's end")
    image: Path | None = Field(None, description="first picture, instead of a painted one")
    crf: int | None = Field(
        None, ge=0, le=63, description="quality of the film, lower is better and larger; H.264: 18"
    )


class Model(_Section):
    """`[model]`: what paints, and how."""

    name: str = Field("worlds", description="engine, Hugging Face hub id, or folder")
    seed: int = Field(42, ge=0, lt=2**62, description="frame i is painted from seed + i")
    steps: int | None = Field(None, ge=1, le=1000, description="steps of the whole noise schedule")
    guidance_scale: float | None = Field(None, ge=0, description="how closely prompts are followed")
    device: Literal["auto", "cuda", "mps", "cpu"] = Field("auto", description="where it runs")
    compile: bool = Field(False, description="torch.compile the UNet: slow start, faster frames")
    colour_match: float = Field(
        0.5, ge=0, le=1, description="how firmly colours are held against drift; 0 is off"
    )


class Prompts(_Section):
    """`[prompts]`: what is painted, and when."""

    style: str = Field("", description="added to every prompt")
    negative: str = Field("", description="what is not to be painted")
    blend: Span = Field(20, description="every change is a morph over this span")
    at: dict[Position, str] = Field({"0": ""}, description="position and prompt")

    @field_validator("at")
    @classmethod
    def _some(cls, at: dict[At, str]) -> dict[At, str]:
        if not at:
            raise ValueError("expected at least one prompt")
        return at


def _constant(given: Any) -> Any:
    return {parse_position(0): given} if isinstance(given, (int, float)) else given


def _two(given: Any) -> Any:
    if not isinstance(given, (list, tuple)) or len(given) != 2:
        raise ValueError('expected two positions, such as ["bar 9", "bar 17"]')
    return given


Amount = Annotated[dict[Position, float], BeforeValidator(_constant)]


class Layer(_Section):
    """`[[motion]]`: a modulator, and how it meets the layers above it in the file."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    use: str = Field(description="name of a modulator; `phosphene modulators` lists them")
    to: dict[str, float] = Field(
        default_factory=dict, description="channels, and how far from rest a full hit takes each"
    )
    mix: Literal["add", "multiply", "replace", "min", "max"] = Field(
        "add", description="how it meets what lies below"
    )
    amount: Amount = Field(
        _WHOLE,
        description="share of the layer: a number, or positions and numbers",
    )
    between: Annotated[tuple[Position, Position], BeforeValidator(_two)] | None = Field(
        None, description="from the first position up to the second; silent elsewhere"
    )
    modulator: Modulator

    @field_validator("to")
    @classmethod
    def _known(cls, to: dict[str, float]) -> dict[str, float]:
        for name in to:
            if name not in CHANNELS:
                raise ValueError(f"unknown channel '{name}'. {hint(name, CHANNELS)}")
        return to


class Project(_Section):
    """A whole project file."""

    song: SongFile
    video: Video = Field(_EMPTY, description="size, frame rate, part of the song")
    model: Model = Field(_EMPTY, description="what paints")
    prompts: Prompts = Field(_EMPTY, description="what is painted")
    motion: tuple[Layer, ...] = ()


assert set(Layer.model_fields["mix"].annotation.__args__) == set(MIXES)  # type: ignore[union-attr]
