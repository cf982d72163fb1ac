"""The project file: everything a user says about a video, validated before anything is loaded."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import tomlkit
from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationInfo,
    field_validator,
)

from phosphene.bounds import LAYERS, FileName, file_name
from phosphene.hints import hint
from phosphene.plugins import Registry, load_plugins
from phosphene.project import QUALITIES
from phosphene.project.adapters import Control, IpAdapter, Lora
from phosphene.project.captions import Captions, Title
from phosphene.project.depth import Depth
from phosphene.project.guides import GUIDES, Guide, Mask, Overlay
from phosphene.project.motion import Layer, Section
from phosphene.project.prompts import Prompts
from phosphene.project.scenes import SceneEntry
from phosphene.score.patterns import CADENCE_HELP, Cadence
from phosphene.score.timeline import exact_fps
from phosphene.score.units import At, Position, Share, Span, parse_position
from phosphene.song.beats.corrections import Corrections

# Defaults as in a file; they are validated too.
_EMPTY: Any = {}

ADAPTERS = 16  # of each kind
Size = Annotated[int, Field(ge=16, le=8192, multiple_of=2)]


def _fps(given: Any) -> str:
    return str(exact_fps(given))


def _fps_or_none(given: Any) -> str | None:
    return None if given is None else _fps(given)


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


APART = 1000  # from the seed of one take to the next


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
    image_strength: Share = Field(
        0.0, ge=0, le=1, description="strength at which the image is repainted in the first frame"
    )
    image_hold: Span | None = Field(
        None, description="how long strength takes to rise from 0, so that the image stays"
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
    upscaler: str = Field("lanczos", description="what enlarges it")
    metadata: bool = Field(
        True, description="write into the film how it was made; `phosphene info` shows it"
    )

    @field_validator("image_hold", "image_strength")
    @classmethod
    def _of_an_image(cls, given: Any, others: ValidationInfo) -> Any:
        if given and others.data.get("image") is None:
            raise ValueError("video.image is missing; set it too")
        return given


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

    lora: tuple[Lora, ...] = Field((), max_length=ADAPTERS)
    control: tuple[Control, ...] = Field((), max_length=ADAPTERS)
    ip_adapter: tuple[IpAdapter, ...] = Field((), max_length=ADAPTERS)

    @field_validator("lora")
    @classmethod
    def _not_compiled(cls, loras: tuple[Lora, ...], others: ValidationInfo) -> tuple[Lora, ...]:
        if others.data.get("compile") and any(lora.driven for lora in loras):
            raise ValueError("a compiled model has fixed weights; leave out compile or driven")
        return loras

    def take_seeds(self, count: int) -> list[int]:
        """The seeds of some takes; the first is its own."""
        return [self.seed + APART * number for number in range(count)]

    @field_validator("quality")
    @classmethod
    def _known(cls, quality: str) -> str:
        if quality not in QUALITIES:
            raise ValueError(f"unknown quality. {hint(quality, QUALITIES)}")
        return quality


def _plain(data: Any) -> Any:
    """Data of Python as that of TOML."""
    if isinstance(data, Mapping):
        return {str(key): _plain(value) for key, value in data.items() if value is not None}
    if isinstance(data, (list, tuple)):
        return [_plain(value) for value in data]
    plain = isinstance(data, (str, bool, int, float, datetime.date, datetime.time))
    return data if plain else str(data)


class Project(Section):
    """A project file."""

    requires: tuple[str, ...] = Field((), description="required packages, such as plugins")
    song: SongFile
    video: Video = Field(_EMPTY, description="size, frame rate, part of the song")
    model: Model = Field(_EMPTY, description="what paints")
    depth: Depth | None = Field(
        None, validate_default=True, description="depth, for parallax and ControlNets"
    )
    prompts: Prompts = Field(_EMPTY, description="what is painted")
    motion: tuple[Layer, ...] = ()
    scene: tuple[SceneEntry, ...] = ()
    captions: Captions | None = Field(None, description="lyrics over the film")
    title: tuple[Title, ...] = Field((), max_length=LAYERS)
    guide: tuple[Guide, ...] = Field((), max_length=GUIDES)
    mask: tuple[Mask, ...] = Field((), max_length=GUIDES)
    overlay: tuple[Overlay, ...] = Field((), max_length=LAYERS)
    plugins: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="settings of plugins, in a table per plugin"
    )

    @field_validator("depth")
    @classmethod
    def _is_there(cls, depth: Depth | None, others: ValidationInfo) -> Depth | None:
        model = others.data.get("model")
        if depth is None and model and any(net.kind == "depth" for net in model.control):
            raise ValueError('model.control of kind "depth" needs it; set depth.source')
        return depth

    _data: dict[str, Any] = PrivateAttr(default_factory=dict)
    _source: Path = PrivateAttr(default=Path())

    def keep(self, data: dict[str, Any], source: Path) -> None:
        """Keep the data that the project was made of, for `text`, and the file that it is from."""
        self._data, self._source = data, source

    @property
    def data(self) -> dict[str, Any]:
        """The data that it was made of: its file as parsed, with all changes."""
        return self._data

    @property
    def source(self) -> Path:
        """The file that it is from, which need not exist."""
        return self._source

    def text(self) -> str:
        """The project as the text of a project file, with all changes, without comments."""
        return tomlkit.dumps(_plain(self._data))

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
