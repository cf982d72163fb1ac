"""What all plugins registered, by name, and who registered it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from phosphene.errors import PluginError
from phosphene.plugins.plugin import Plugin

if TYPE_CHECKING:
    import click

    from phosphene.engines import EngineSpec
    from phosphene.film.formats import Format
    from phosphene.modulator import Modulator
    from phosphene.options import Options
    from phosphene.song.song import Feature, Song
    from phosphene.song.trackers import TrackerSpec

Item = tuple[str, str]


@dataclass
class Registry:
    """All that plugins registered, by kind and name, and who registered it."""

    plugins: list[Plugin] = field(default_factory=list)
    modulators: dict[str, type[Modulator]] = field(default_factory=dict)
    features: dict[str, Callable[[Song], Feature]] = field(default_factory=dict)
    trackers: dict[str, TrackerSpec] = field(default_factory=dict)
    engines: dict[str, EngineSpec] = field(default_factory=dict)
    encoders: dict[str, Format] = field(default_factory=dict)
    looks: dict[str, dict[str, Any]] = field(default_factory=dict)
    options: dict[str, type[Options]] = field(default_factory=dict)
    commands: dict[str, click.Command] = field(default_factory=dict)
    origin: dict[Item, Plugin] = field(default_factory=dict)

    @property
    def broken(self) -> list[Plugin]:
        """The plugins that can not work."""
        return [plugin for plugin in self.plugins if plugin.error]

    def owner(self, kind: str, name: str) -> Plugin:
        """The plugin that registered `name` of a kind such as `modulators`."""
        return self.origin[kind, name]

    def check_free(self, items: Mapping[Item, Any]) -> None:
        """Find out whether every name is still free.

        Raises
        ------
        PluginError
            If another plugin has registered one of them.
        """
        for kind, name in items:
            if (kind, name) in self.origin:
                raise PluginError(
                    f"{kind.removesuffix('s')} '{name}' is already registered by "
                    f"{self.origin[kind, name]}"
                )

    def adopt(self, plugin: Plugin, items: Mapping[Item, Any]) -> None:
        """Take over what one plugin registered, all of it or, on a duplicate name, none."""
        self.check_free(items)
        for (kind, name), item in items.items():
            getattr(self, kind)[name] = item
            self.origin[kind, name] = plugin
