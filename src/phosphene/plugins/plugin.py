"""A plugin as it was found, before it is imported, and the registry of what all register."""

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
    """One plugin: where it comes from, what it offers, and why it was left out.

    Parameters
    ----------
    name : str
        Of its entry point, or of its file.
    package, version : str
        Empty for a single file.
    module : str
        What is imported: the entry point's value; empty for a single file.
    file : Path or None
        Where the module is; None where it was not found.
    apis : tuple of str
        The versions of the API that it states.
    state : str
        READY, or why it is left out in a word; `why` says it in a sentence, `fix` what to do.
    hooks, items : list
        The hooks that it implements, and what it registers, once that is known.
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
        """Why it cannot work; empty where it can, or where the user left it out."""
        return self.why if self.state in (BROKEN, INCOMPATIBLE) else ""

    @property
    def remedy(self) -> str:
        """What to do where it is broken, in commands."""
        if self.built_in:
            return "Install Phosphene again."
        disable = f"`phosphene plugins disable {self.name}`"
        if not self.package:
            return f"Repair or remove {self.file}, or {disable}."
        return (
            f"`phosphene plugins install --upgrade {self.package}`, or {disable}, or "
            f"`phosphene plugins uninstall {self.package}`."
        )

    def leave_out(self, state: str, why: str, fix: str = "") -> None:
        """Note why it is not loaded."""
        self.state, self.why, self.fix = state, why, fix or self.remedy

    def called(self, name: str) -> bool:
        """Whether a user who says `name` means this plugin: its own name, or its package's."""
        return canonical(name) in {canonical(self.name), canonical(self.package)} - {""}

    def owns(self, file: str) -> bool:
        """Whether a file of code belongs to it: its own file, or one in its package's folder."""
        if self.file is not None and self.file.name == "__init__.py":
            return Path(file).is_relative_to(self.file.parent)
        return file == str(self.file)


def canonical(name: str) -> str:
    """A package's name as indexes compare it: https://peps.python.org/pep-0503."""
    return re.sub(r"[-_.]+", "-", name).lower()


@dataclass
class Registry:
    """All that plugins registered, by kind and name, and who registered it."""

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
        """The plugins that cannot work."""
        return [plugin for plugin in self.plugins if plugin.error]

    def owner(self, kind: str, name: str) -> Plugin:
        """The plugin that registered `name` of a kind such as `modulators`."""
        return self.origin[kind, name]

    def adopt(self, plugin: Plugin, items: Mapping[Item, Any]) -> None:
        """Take over all that one plugin registered.

        Raises
        ------
        PluginError
            If another plugin has registered one of the names; then nothing is taken over.
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
