"""The project file: the settings of a video, validated before anything is loaded."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import Field, PrivateAttr, ValidationInfo, field_validator

from phosphene.bounds import LAYERS
from phosphene.options import Table
from phosphene.plugins import Registry, load_plugins
from phosphene.project.motion import Layer
from phosphene.project.tables.captions import Captions, Title
from phosphene.project.tables.guides import GUIDES, Guide, Mask, Overlay
from phosphene.project.tables.model import Depth, Model
from phosphene.project.tables.scenes import Prompts, SceneEntry
from phosphene.project.tables.video import SongFile, Video

# Defaults as in a file; they are validated too.
_EMPTY: Any = {}


def _plain(data: Any) -> Any:
    """Convert Python data to the types of TOML."""
    if isinstance(data, Mapping):
        return {str(key): _plain(value) for key, value in data.items() if value is not None}
    if isinstance(data, (list, tuple)):
        return [_plain(value) for value in data]
    plain = isinstance(data, (str, bool, int, float, datetime.date, datetime.time))
    return data if plain else str(data)


class Project(Table):
    """A project file."""

    requires: tuple[str, ...] = Field((), description="required packages, such as plugins")
    song: SongFile
    video: Video = Field(_EMPTY, description="size, frame rate, part of the song")
    model: Model = Field(_EMPTY, description="the model and its settings")
    depth: Depth | None = Field(
        None, validate_default=True, description="depth, for parallax and ControlNets"
    )
    prompts: Prompts = Field(_EMPTY, description="what to paint")
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
    def _given_if_needed(cls, depth: Depth | None, others: ValidationInfo) -> Depth | None:
        model = others.data.get("model")
        if depth is None and model and any(net.kind == "depth" for net in model.control):
            raise ValueError('model.control of kind "depth" needs it; set depth.source')
        return depth

    _data: dict[str, Any] = PrivateAttr(default_factory=dict)
    _source: Path = PrivateAttr(default=Path())

    def keep(self, data: dict[str, Any], source: Path) -> None:
        """Store the data and the file that the project was made from."""
        self._data, self._source = data, source

    @property
    def data(self) -> dict[str, Any]:
        """The data that the project was made from: its parsed file, with all changes."""
        return self._data

    @property
    def source(self) -> Path:
        """The project file, which need not exist."""
        return self._source

    def text(self) -> str:
        """The text of a project file with all changes, without comments."""
        return tomlkit.dumps(_plain(self._data))

    @classmethod
    def load(cls, path: Path | str, registry: Registry | None = None) -> Project:
        """Read a project file.

        Parameters
        ----------
        path : Path or str
            A TOML file.
        registry : Registry, optional
            The plugins that it may use; by default, the installed ones.

        Raises
        ------
        ProjectError
            If the file cannot be read or is not valid; the message lists every mistake with its
            entry.
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
            For example ``{"song": {"file": "song.flac"}, "motion": [{"use": "beat", "to": ...}]}``.
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
