"""`[song]` and `[video]`: the song, and the size, frame rate and range of the film."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from phosphene.bounds import FileName
from phosphene.options import Table
from phosphene.score.timeline import exact_fps
from phosphene.score.units import At, Position, Share, Span, parse_position
from phosphene.song.beats.corrections import Corrections

Size = Annotated[int, Field(ge=16, le=8192, multiple_of=2)]


def _fps(given: Any) -> str:
    return str(exact_fps(given))


def _fps_or_none(given: Any) -> str | None:
    return None if given is None else _fps(given)


def _sections(given: Any) -> Any:
    if not isinstance(given, dict):
        return given
    sections = {parse_position(position): name for position, name in given.items()}
    for position, name in sections.items():
        if position.unit not in ("s", "beat", "bar", "%"):
            raise ValueError(f"got '{position}'; expected bar 9, beat 16, 2.5s, 1:30 or 50%")
        if not isinstance(name, str) or not name.strip():
            raise ValueError(f"the section at '{position}' has no name, such as \"chorus\"")
    if not sections:
        raise ValueError('expected a file, or positions and names: { "bar 1" = "intro" }')
    return sections


class SongFile(Table, Corrections):
    """`[song]`: the song, and corrections to its beats and sections."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    file: FileName = Field(description="audio or video file, relative to the project file")
    track: int | None = Field(
        None,
        ge=1,
        description="audio track, counted from 1; by default the default track of the file",
    )
    tracker: str = Field("bars", description="beat tracker")
    sections: Annotated[FileName | dict[At, str] | None, BeforeValidator(_sections)] = Field(
        None,
        description="file with sections: text, Audacity labels, .lrc, .csv, .jams or .mid; or "
        'positions and names: { "bar 1" = "intro", "bar 9" = "verse" }',
    )
    section_bars: int = Field(
        0, ge=-1000, le=1000, description="bars added to every boundary of sections"
    )


class Video(Table):
    """`[video]`: size, frame rate, and range of the song."""

    width: Size = Field(512, description="px; even")
    height: Size = Field(512, description="px; even")
    fps: Annotated[str, BeforeValidator(_fps)] = Field(
        "15", description="frames per second: 15, 23.976, 30000/1001"
    )
    start: Position | None = Field(
        None, description="start of the film; by default the song's start"
    )
    end: Position | None = Field(None, description="end of the film; by default the song's end")
    image: FileName | None = Field(None, description="first picture, instead of a painted one")
    image_strength: Share = Field(
        0.0, ge=0, le=1, description="strength at which the image is repainted in the first frame"
    )
    image_hold: Span | None = Field(
        None, description="time in which strength rises from 0, so that the image stays visible"
    )
    crf: int | None = Field(
        None, ge=0, le=63, description="quality of the film, lower is better and larger; H.264: 18"
    )
    codec: str | None = Field(
        None, description="h264, hevc, av1, vp9, prores, or a hardware encoder such as h264-nvenc"
    )
    interpolate: Annotated[str | None, BeforeValidator(_fps_or_none)] = Field(
        None, description="frames per second of the film, above fps: frames in between are added"
    )
    upscale: Literal[1, 2, 4] = Field(1, description="how many times larger the film is")
    upscaler: str = Field("lanczos", description="name of the upscaler")
    metadata: bool = Field(
        True, description="store in the film how it was made; `phosphene info` shows it"
    )

    @field_validator("image_hold", "image_strength")
    @classmethod
    def _needs_image(cls, given: Any, others: ValidationInfo) -> Any:
        if given and others.data.get("image") is None:
            raise ValueError("video.image is missing; set it too")
        return given
