"""The project file: everything a user says about a video, validated before anything is loaded."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)

from phosphene.bounds import FileName, file_name
from phosphene.hints import hint
from phosphene.plugins import Registry, load_plugins
from phosphene.project import QUALITIES
from phosphene.project.motion import Layer, Section
from phosphene.project.scenes import SceneEntry
from phosphene.score.patterns import CADENCE_HELP, Cadence
from phosphene.score.timeline import exact_fps
from phosphene.score.units import At, Period, Position, Span, parse_position
from phosphene.song.beats.corrections import Corrections

# Defaults as in a file; they are validated too.
_EMPTY: Any = {}

Size = Annotated[int, Field(ge=16, le=8192, multiple_of=2)]


def _fps(given: Any) -> str:
    return str(exact_fps(given))


def _sections(given: Any) -> Any:
    if not isinstance(given, dict):
        return given
    found = {parse_position(position): name for position, name in given.items()}
    for position, name in found.items():
        if position.unit not in ("s", "beat", "bar", "%"):
            raise ValueError(f"got '{position}'; expected bar 9, beat 16, 2.5s, 1:30 or 50%")
        if not isinstance(name, str) or not name.strip():
            raise ValueError(f"the section at '{position}' has no name, such as \"chorus\"")
    if not found:
        raise ValueError('expected a file, or positions and names: { "bar 1" = "intro" }')
    return found


class SongFile(Section, Corrections):
    """`[song]`: the song, and corrections of its beats and sections."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    file: FileName = Field(description="audio or video file, relative to the project file")
    track: int | None = Field(
        None, ge=1, description="audio track of a file with several, from 1; else the default one"
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


class Video(Section):
    """`[video]`: size, frame rate, and which part of the song."""

    width: Size = Field(512, description="px; even")
    height: Size = Field(512, description="px; even")
    fps: Annotated[str, BeforeValidator(_fps)] = Field(
        "15", description="frames per second: 15, 23.976, 30000/1001"
    )
    start: Position | None = Field(None, description="where it begins; else the song's start")
    end: Position | None = Field(None, description="where it ends; else the song's end")
    image: FileName | None = Field(None, description="first picture, instead of a painted one")
    image_hold: Span | None = Field(
        None, description="how long strength takes to rise from 0, so that the image stays"
    )
    crf: int | None = Field(
        None, ge=0, le=63, description="quality of the film, lower is better and larger; H.264: 18"
    )

    @field_validator("image_hold")
    @classmethod
    def _holds_an_image(cls, hold: Span | None, others: ValidationInfo) -> Span | None:
        if hold is not None and others.data.get("image") is None:
            raise ValueError("video.image is missing; set it too")
        return hold


class Model(Section):
    """`[model]`: the model and its settings."""

    name: Annotated[str, AfterValidator(file_name)] = Field(
        "worlds", description="engine, Hugging Face hub id, or folder"
    )
    seed: int = Field(42, ge=0, lt=2**62, description="frame i is painted from seed + i")
    quality: str = Field("standard", description=f"{', '.join(QUALITIES)}: steps, guidance and VAE")
    steps: int | None = Field(None, ge=1, le=1000, description="steps of the full noise schedule")
    guidance_scale: float | None = Field(None, ge=0, description="how closely prompts are followed")
    device: Literal["auto", "cuda", "mps", "cpu"] = Field("auto", description="where it runs")
    native_size: bool = Field(
        True, description="paint at the size that the model was trained on, and enlarge"
    )
    compile: bool = Field(False, description="torch.compile the UNet: slow start, faster frames")
    cadence: Cadence = Field(1, description=f"which frames are repainted: {CADENCE_HELP}")
    colour_match: float = Field(
        0.5, ge=0, le=1, description="how firmly colours are held against drift; 0 is off"
    )
    detail_match: float = Field(
        0.5, ge=0, le=1, description="how firmly fine detail is held against blur; 0 is off"
    )

    @field_validator("quality")
    @classmethod
    def _known(cls, quality: str) -> str:
        if quality not in QUALITIES:
            raise ValueError(f"unknown quality. {hint(quality, QUALITIES)}")
        return quality


class Shot(Section):
    """A prompt, and how the picture comes to it."""

    prompt: str = Field(description="what to paint")
    blend: Span | None = Field(
        None, description="length of the morph to it; 0s is a cut; else that of [prompts]"
    )


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


class Project(Section):
    """A project file."""

    requires: tuple[str, ...] = Field((), description="required packages, such as plugins")
    song: SongFile
    video: Video = Field(_EMPTY, description="size, frame rate, part of the song")
    model: Model = Field(_EMPTY, description="what paints")
    prompts: Prompts = Field(_EMPTY, description="what is painted")
    motion: tuple[Layer, ...] = ()
    scene: tuple[SceneEntry, ...] = ()
    plugins: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="settings of plugins, in a table per plugin"
    )

    @classmethod
    def load(cls, path: Path | str, registry: Registry | None = None) -> Project:
        """Read a project file.

        Parameters
        ----------
        path : Path or str
            A TOML file.
        registry : Registry, optional
            The plugins that it may use; without it, those that are installed.

        Raises
        ------
        ProjectError
            If the file cannot be read, or is not valid; every mistake is named with its entry.
        PluginError
            If a plugin that it uses is broken.
        """
        from phosphene.project.file import read_project

        return read_project(Path(path), registry or load_plugins())

    @classmethod
    def from_data(
        cls, data: Mapping[str, Any], folder: Path | str = "", registry: Registry | None = None
    ) -> Project:
        """Validate a project given as Python data: the tables of a project file, as dicts.

        Parameters
        ----------
        data : mapping
            Such as ``{"song": {"file": "song.flac"}, "motion": [{"use": "beat", "to": ...}]}``.
        folder : Path or str
            Base folder of relative file names.
        registry : Registry, optional
            As for `load`.

        Raises
        ------
        ProjectError, PluginError
            As for `load`.
        """
        from phosphene.project.file import make_project

        source = Path(folder) / "project"
        return make_project(copy.deepcopy(dict(data)), source, registry or load_plugins())
