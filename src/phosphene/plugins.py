"""The plugin loader: every plugin is loaded alone, and a broken one is named and left out."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import TYPE_CHECKING, Any

import click
import pluggy

from phosphene import hookspecs
from phosphene.errors import PluginError

if TYPE_CHECKING:
    from phosphene.engines import EngineSpec
    from phosphene.modulator import Modulator
    from phosphene.song.song import Feature, Song

GROUP = "phosphene"
BUILT_IN = ("phosphene.modulators", "phosphene.paint.presets")


@dataclass
class Plugin:
    """One plugin as it was found: where it comes from, what it offers, and why it was left out."""

    name: str
    package: str
    version: str
    hooks: list[str] = field(default_factory=list)
    error: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.package} {self.version})"


@dataclass
class Registry:
    """All that plugins registered, by name, and who registered it."""

    plugins: list[Plugin] = field(default_factory=list)
    modulators: dict[str, type[Modulator]] = field(default_factory=dict)
    features: dict[str, Callable[[Song], Feature]] = field(default_factory=dict)
    engines: dict[str, EngineSpec] = field(default_factory=dict)
    commands: dict[str, click.Command] = field(default_factory=dict)
    origin: dict[tuple[str, str], Plugin] = field(default_factory=dict)

    @property
    def broken(self) -> list[Plugin]:
        """The plugins that were left out."""
        return [plugin for plugin in self.plugins if plugin.error]

    def owner(self, kind: str, name: str) -> Plugin:
        """The plugin that registered `name` of a kind such as `modulators`."""
        return self.origin[kind, name]

    def adopt(self, plugin: Plugin, staged: Staged) -> None:
        """Take over what one plugin registered, all of it or, on a duplicate name, none."""
        for kind, name in staged.items:
            if (kind, name) in self.origin:
                raise PluginError(
                    f"{kind[:-1]} '{name}' is already registered by {self.origin[kind, name]}"
                )
        for (kind, name), item in staged.items.items():
            getattr(self, kind)[name] = item
            self.origin[kind, name] = plugin


class Staged:
    """What one plugin registers, held until it has registered without an error."""

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], Any] = {}
        self.cli = click.Group()

    def _add(self, kind: str, name: str, item: Any) -> None:
        if (kind, name) in self.items:
            raise PluginError(f"{kind[:-1]} '{name}' is registered twice")
        self.items[kind, name] = item

    def modulator(self, cls: type[Modulator]) -> None:
        """`register` of `register_modulators`."""
        from phosphene.modulator import Modulator

        if not (isinstance(cls, type) and issubclass(cls, Modulator)):
            raise PluginError(f"{cls!r} is no subclass of phosphene.Modulator")
        if not isinstance(getattr(cls, "name", None), str):
            raise PluginError(f"{cls.__name__} has no name: give it `name: ClassVar = ...`")
        self._add("modulators", cls.name, cls)

    def feature(self, name: str, function: Callable[[Song], Feature]) -> None:
        """`register` of `register_features`."""
        self._add("features", name, function)

    def engine(self, spec: EngineSpec) -> None:
        """`register` of `register_engines`."""
        self._add("engines", spec.name, spec)

    def command(self, command: click.Command) -> None:
        """A command that `register_commands` added to the staged group."""
        self._add("commands", str(command.name), command)


def load_plugins() -> Registry:
    """Load the built-ins and every installed plugin.

    Returns
    -------
    Registry
        Broken plugins stand in `broken` with the reason, and register nothing.
    """
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hookspecs)
    registry = Registry()
    for plugin, load in _found():
        registry.plugins.append(plugin)
        try:
            _load(manager, registry, plugin, load)
        except Exception as error:  # whatever a plugin raises, the others go on
            plugin.error = _reason(error)
    return registry


def _found() -> Iterator[tuple[Plugin, Callable[[], ModuleType]]]:
    from phosphene import __version__

    for module in BUILT_IN:
        name = module.removeprefix("phosphene.")
        yield Plugin(name, "phosphene", __version__), partial(importlib.import_module, module)
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        yield _described(point), point.load


def _described(point: EntryPoint) -> Plugin:
    if point.dist is None:
        return Plugin(point.name, "unknown package", "")
    return Plugin(point.name, point.dist.name, point.dist.version)


def _load(
    manager: pluggy.PluginManager,
    registry: Registry,
    plugin: Plugin,
    load: Callable[[], ModuleType],
) -> None:
    module = load()
    name = manager.register(module, name=plugin.name)
    try:
        # A misspelt hook is silent in pluggy until it is asked.
        manager.check_pending()
        callers = manager.get_hookcallers(module) or []
        plugin.hooks = sorted(caller.name for caller in callers)
        if not plugin.hooks:
            raise PluginError("it implements no hook: mark one with @phosphene.hookimpl")
        staged = Staged()
        others = [other for other in manager.get_plugins() if other is not module]
        for hook, register in (
            ("register_modulators", {"register": staged.modulator}),
            ("register_features", {"register": staged.feature}),
            ("register_engines", {"register": staged.engine}),
            ("register_commands", {"cli": staged.cli}),
        ):
            manager.subset_hook_caller(hook, remove_plugins=others)(**register)
        for command in staged.cli.commands.values():
            staged.command(command)
        registry.adopt(plugin, staged)
    except Exception:
        manager.unregister(name=name)
        raise


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if not isinstance(error, PluginError) else str(error)
