"""The hooks that plugins can implement.

A plugin is a module named in the entry-point group `phosphene`; it marks its hooks with
`@phosphene.hookimpl`. Each hook is called once, before composing; none is called per
frame.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    import click

    from phosphene.directors import DirectorSpec
    from phosphene.film.formats import FilmFormat
    from phosphene.modulators.modulator import Modulator
    from phosphene.options import Options
    from phosphene.painting.depth import DepthSpec
    from phosphene.painting.engine import EngineSpec
    from phosphene.screen.upscalers import UpscalerSpec
    from phosphene.song.beats.trackers import TrackerSpec
    from phosphene.song.song import Feature, Song

hookspec = pluggy.HookspecMarker("phosphene")
hookimpl = pluggy.HookimplMarker("phosphene")
"""Marks a function of a plugin as the hook of its name."""


@hookspec
def register_modulators(register: Callable[[type[Modulator]], None]) -> None:
    """Register Modulator classes: sources of per-frame curves."""


@hookspec
def register_features(register: Callable[[str, Callable[[Song], Feature]], None]) -> None:
    """Register audio features by name, each a function of the Song, that modulators can read."""


@hookspec
def register_trackers(register: Callable[[TrackerSpec], None]) -> None:
    """Register trackers: ways to find the beats and bars of a song."""


@hookspec
def register_engines(register: Callable[[EngineSpec], None]) -> None:
    """Register img2img engines that a project can name as its model."""


@hookspec
def register_depths(register: Callable[[DepthSpec], None]) -> None:
    """Register sources of depth: how far each pixel of a picture is from the camera."""


@hookspec
def register_encoders(register: Callable[[str, FilmFormat], None]) -> None:
    """Register encoders: kinds of film, each by the ending of the film's name."""


@hookspec
def register_upscalers(register: Callable[[UpscalerSpec], None]) -> None:
    """Register upscalers: what enlarges each frame of the film before it is encoded."""


@hookspec
def register_looks(register: Callable[[str, dict[str, Any]], None]) -> None:
    """Register looks: a few layers under one name, at 12 fps and 256 px wide."""


@hookspec
def register_directors(register: Callable[[DirectorSpec], None]) -> None:
    """Register directors: functions that turn a song and an idea into a project file."""


@hookspec
def register_options(register: Callable[[type[Options]], None]) -> None:
    """Register the class that validates the plugin's own table of a project, [plugins.NAME]."""


@hookspec
def register_commands(cli: click.Group) -> None:
    """Add commands to the command line."""
