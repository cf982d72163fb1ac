"""Plugins as discovered, and the registry of the items that they register."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phosphene.errors import PluginError

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

Item = tuple[str, str]  # a kind such as "modulators", and a name

GROUP = "phosphene"  # of entry points
HOST = "phosphene"  # the package of the built-ins

READY = "ready"
BROKEN = "broken"
INCOMPATIBLE = "incompatible"
DISABLED = "disabled"
NOT_ASKED = "not asked for"
NOT_TRUSTED = "not trusted"


@dataclass(eq=False)
class Plugin:
    """One plugin: its origin, its items, and why it is not loaded.

    Parameters
    ----------
    name : str
        Of its entry point, or of its file.
    package, version : str
        Empty for a single file.
    module : str
        The entry point's value, which is imported; empty for a single file.
    file : Path or None
        The file of the module; None if it was not found.
    apis : tuple of str
        The API versions that it supports.
    state : str
        READY, or why it is not loaded.
    why, fix : str
        The reason in a sentence, and what the user can do.
    hooks, items : list
        The hooks that it implements and the items that it registers, once known.
    """

    name: str
    package: str
    version: str
    module: str = ""
    file: Path | None = None
    apis: tuple[str, ...] = ()
    state: str = READY
    why: str = ""
    fix: str = ""
    hooks: list[str] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.name} ({f'{self.package} {self.version}' if self.package else self.file})"

    @property
    def built_in(self) -> bool:
        """Whether it comes with Phosphene."""
        return self.package == HOST

    @property
    def source(self) -> str:
        """Package, version and file, as errors name them."""
        file = f" ({self.file})" if self.file else ""
        return f"{self.package} {self.version}{file}" if self.package else str(self.file)

    @property
    def error(self) -> str:
        """Why it fails; empty if it works, or if the user disabled it."""
        return self.why if self.state in (BROKEN, INCOMPATIBLE) else ""

    @property
    def remedy(self) -> str:
        """What the user can do if it is broken."""
        if self.built_in:
            return "Reinstall Phosphene."
        disable = f"`phosphene plugins disable {self.name}`"
        if not self.package:
            return f"Fix or remove {self.file}, or {disable}."
        return (
            f"`phosphene plugins install --upgrade {self.package}`, or {disable}, or "
            f"`phosphene plugins uninstall {self.package}`."
        )

    def leave_out(self, state: str, why: str, fix: str = "") -> None:
        """Record why it is not loaded."""
        self.state, self.why, self.fix = state, why, fix or self.remedy

    def matches(self, name: str) -> bool:
        """Whether `name` is the name of this plugin or of its package."""
        return canonical(name) in {canonical(self.name), canonical(self.package)} - {""}

    def owns(self, file: str) -> bool:
        """Whether a source file belongs to it: its file, or one in its package's folder."""
        if self.file is not None and self.file.name == "__init__.py":
            return Path(file).is_relative_to(self.file.parent)
        return file == str(self.file)


def canonical(name: str) -> str:
    """The normalised name of a package: https://peps.python.org/pep-0503."""
    return re.sub(r"[-_.]+", "-", name).lower()


@dataclass
class Registry:
    """Every registered item by kind and name, and the plugin that registered it."""

    plugins: list[Plugin] = field(default_factory=list)
    modulators: dict[str, type[Modulator]] = field(default_factory=dict)
    features: dict[str, Callable[[Song], Feature]] = field(default_factory=dict)
    trackers: dict[str, TrackerSpec] = field(default_factory=dict)
    engines: dict[str, EngineSpec] = field(default_factory=dict)
    depths: dict[str, DepthSpec] = field(default_factory=dict)
    encoders: dict[str, FilmFormat] = field(default_factory=dict)
    upscalers: dict[str, UpscalerSpec] = field(default_factory=dict)
    looks: dict[str, dict[str, Any]] = field(default_factory=dict)
    directors: dict[str, DirectorSpec] = field(default_factory=dict)
    options: dict[str, type[Options]] = field(default_factory=dict)
    commands: dict[str, click.Command] = field(default_factory=dict)
    origin: dict[Item, Plugin] = field(default_factory=dict)

    @property
    def broken(self) -> list[Plugin]:
        """The plugins that fail."""
        return [plugin for plugin in self.plugins if plugin.error]

    def owner(self, kind: str, name: str) -> Plugin:
        """The plugin that registered `name` of a kind such as `modulators`."""
        return self.origin[kind, name]

    def adopt(self, plugin: Plugin, items: Mapping[Item, Any]) -> None:
        """Add the items of one plugin.

        Raises
        ------
        PluginError
            If another plugin has registered one of the names. Nothing is added.
        """
        for kind, name in items.keys() & self.origin.keys():
            raise PluginError(
                f"{kind.removesuffix('s')} '{name}' is already registered by "
                f"{self.origin[kind, name]}"
            )
        for (kind, name), item in items.items():
            getattr(self, kind)[name] = item
            self.origin[kind, name] = plugin
        plugin.items = list(items)
