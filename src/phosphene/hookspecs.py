"""What a plugin may do: the hooks, each in a sentence.

A plugin is a module named in the entry-point group `phosphene`; it marks its hooks with
`@phosphene.hookimpl`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    import click

    from phosphene.engines import EngineSpec
    from phosphene.modulator import Modulator
    from phosphene.song.song import Feature, Song

hookspec = pluggy.HookspecMarker("phosphene")
hookimpl = pluggy.HookimplMarker("phosphene")


@hookspec
def register_modulators(register: Callable[[type[Modulator]], None]) -> None:
    """Register Modulator classes: sources of per-frame curves."""


@hookspec
def register_features(register: Callable[[str, Callable[[Song], Feature]], None]) -> None:
    """Register audio features by name, each a function of the Song, that modulators can read."""


@hookspec
def register_engines(register: Callable[[EngineSpec], None]) -> None:
    """Register img2img engines that a project can name as its model."""


@hookspec
def register_commands(cli: click.Group) -> None:
    """Add commands to the command line."""
