"""The project that a song gets when it comes without one."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any


def default_text() -> str:
    """The default project file, with its comments; its song is named `song.flac`."""
    return (files("phosphene.project") / "default.toml").read_text(encoding="utf-8")


def default_project(song: Path) -> dict[str, Any]:
    """The default project as data, for one song."""
    data = tomllib.loads(default_text())
    data["song"]["file"] = song.name
    return data
