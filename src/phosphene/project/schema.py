"""The project file: what a user says about a video, validated whole before anything is loaded."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    field_validator,
    model_validator,
)

from phosphene.bounds import FileName, file_name
from phosphene.hints import hint
from phosphene.modulators.modulator import RESERVED, Modulator
from phosphene.plugins import Plugin, Registry, load_plugins
from phosphene.project import QUALITIES
from phosphene.project.scenes import SceneEntry
from phosphene.score.channels import CHANNELS
from phosphene.score.mixing import MIXES
from phosphene.score.patterns import CADENCE_HELP, Cadence, Pattern
from phosphene.score.timeline import exact_fps
from phosphene.score.units import At, Position, Share, Span, constant, parse_position
from phosphene.song.beats.corrections import Corrections

Size = Annotated[int, Field(ge=16, le=8192, multiple_of=2)]


def _fps(given: Any) -> str:
    return str(exact_fps(given))


class _Section(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, validate_default=True
    )


class SongFile(_Section, Corrections):
    """`[song]`: what is listened to, and what is put right about its beats."""

    file: FileName = Field(description="audio or video file, relative to the project file")
    track: int | None = Field(
        None, ge=1, description="audio track of a file with several, from 1; else the default one"
    )
    tracker: str = Field("bars", description="what finds beats and bars")


class Video(_Section):
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
            raise ValueError("there is no image to hold; set video.image too")
        return hold


class Model(_Section):
    """`[model]`: what paints, and how."""

    name: Annotated[str, AfterValidator(file_name)] = Field(
        "worlds", description="engine, Hugging Face hub id, or folder"
    )
    seed: int = Field(42, ge=0, lt=2**62, description="frame i is painted from seed + i")
    quality: str = Field("standard", description=f"{', '.join(QUALITIES)}: steps, guidance and VAE")
    steps: int | None = Field(None, ge=1, le=1000, description="steps of the whole noise schedule")
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


class Prompts(_Section):
    """`[prompts]`: what is painted, and when."""

    style: str = Field("", description="added to every prompt")
    negative: str = Field("", description="what is not to be painted")
    blend: Span = Field(
        20, validate_default=True, description="every change is a morph over this span"
    )
    at: dict[Position, str] = Field(
        {"0": ""}, validate_default=True, description="position and prompt"
    )

    @field_validator("at")
    @classmethod
    def _some(cls, at: dict[At, str]) -> dict[At, str]:
        if not at:
            raise ValueError("expected at least one prompt")
        return at


def _ranges(given: Any) -> tuple[tuple[At, At], ...]:
    """One range or a list of them, each of two positions."""
    several = given and isinstance(given, list) and all(isinstance(part, list) for part in given)
    pairs = given if several else [given]
    if not all(isinstance(pair, (list, tuple)) and len(pair) == 2 for pair in pairs):
        raise ValueError(
            'expected two positions, such as ["bar 9", "bar 17"], or a list of such pairs'
        )
    return tuple((parse_position(begin), parse_position(end)) for begin, end in pairs)


class Source(_Section):
    """An amount that a modulator gives: `amount = { use = "beat", at_rest = 1, at_full = 0.2 }`."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    modulator: Modulator
    plugin: Plugin | None = Field(None, description="where the modulator comes from")
    at_rest: Share = Field(0.0, description="amount where the envelope is 0")
    at_full: Share = Field(1.0, description="amount where the envelope is 1")

    @property
    def use(self) -> str:
        """The modulator's name."""
        return self.modulator.name


Amount = Annotated[
    Annotated[dict[Position, Share], Tag("keys")] | Annotated[Source, Tag("source")],
    Discriminator(lambda given: "source" if isinstance(given, Source) else "keys"),
    BeforeValidator(lambda given: given if isinstance(given, Source) else constant(given)),
]


class When(_Section):
    """`when`: a gate that the song opens and closes; all that is said must hold."""

    feature: str | None = Field(None, description="an audio feature, such as low")
    above: float | None = Field(None, description="open where the feature is above this")
    below: float | None = Field(None, description="open where the feature is below this")
    pattern: Pattern | None = Field(None, description="open by a rhythm from bar 1 on: x..x..x.")
    subdivision: int = Field(1, ge=1, le=48, description="steps of the pattern in a beat")

    @model_validator(mode="after")
    def _says_something(self) -> When:
        bounded = self.above is not None or self.below is not None
        if bounded != (self.feature is not None):
            raise ValueError("expected a feature with `above` or `below`")
        if not bounded and self.pattern is None:
            raise ValueError('expected { feature = "low", above = 0.5 } or { pattern = "x..x" }')
        return self


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
        1.0,
        validate_default=True,
        description="share of the layer: 0.5 or 50%, positions and numbers, or a modulator's curve",
    )
    between: Annotated[tuple[tuple[At, At], ...], BeforeValidator(_ranges)] | None = Field(
        None,
        description="from a position up to another, or a list of such pairs; silent elsewhere",
    )
    when: When | None = Field(
        None, description="only where a feature is above or below a value, or by a pattern"
    )
    mute: bool = Field(False, description="leave this layer out")
    solo: bool = Field(False, description="leave out every layer that is not solo")
    modulator: Modulator
    plugin: Plugin | None = Field(None, description="where the modulator comes from")
    entry: str = Field("", description="where it stands in the project file")
    share: Amount = Field(
        1.0, validate_default=True, description="the amount of the whole look that it belongs to"
    )

    @field_validator("to")
    @classmethod
    def _known(cls, to: dict[str, float]) -> dict[str, float]:
        for name in to:
            if name not in CHANNELS:
                raise ValueError(f"unknown channel '{name}'. {hint(name, CHANNELS)}")
        return to


#: What Phosphene itself says of a layer; not keys of the project file.
OWN_KEYS = frozenset({"modulator", "entry", "share", "plugin"})
assert (Layer.model_fields.keys() - OWN_KEYS) | {"look"} == RESERVED


class Project(_Section):
    """A whole project file."""

    requires: tuple[str, ...] = Field((), description="packages that it needs: plugins, mostly")
    song: SongFile
    video: Video = Field(
        {}, validate_default=True, description="size, frame rate, part of the song"
    )
    model: Model = Field({}, validate_default=True, description="what paints")
    prompts: Prompts = Field({}, validate_default=True, description="what is painted")
    motion: tuple[Layer, ...] = ()
    scene: tuple[SceneEntry, ...] = ()
    plugins: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="what each plugin is told, in a table of its name"
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
        """Validate a project that is written in Python: the tables of a project file, as dicts.

        Parameters
        ----------
        data : mapping
            Such as ``{"song": {"file": "song.flac"}, "motion": [{"use": "beat", "to": ...}]}``.
        folder : Path or str
            What relative file names start from.
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


assert set(Layer.model_fields["mix"].annotation.__args__) == set(MIXES)  # type: ignore[union-attr]
