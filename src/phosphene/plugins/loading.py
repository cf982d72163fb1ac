"""The loader: every plugin is loaded alone, and one that can not work is named and left out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from phosphene.authoring import strict
from phosphene.errors import PluginError
from phosphene.plugins.alone import load_alone
from phosphene.plugins.discovery import built_in, installed
from phosphene.plugins.guards import guarded
from phosphene.plugins.inspection import known, try_those_unknown
from phosphene.plugins.plugin import BROKEN, DISABLED, NOT_ASKED, READY, Plugin
from phosphene.plugins.registry import Registry
from phosphene.plugins.running import enter
from phosphene.plugins.settings import read_settings
from phosphene.plugins.single_files import in_folders

#: Names of the plugins or packages that may load, with commas; set and empty: none.
VARIABLE = "PHOSPHENE_LOAD_PLUGINS"


def load_plugins(folders: Iterable[Path] = (), left_out: Iterable[Plugin] = ()) -> Registry:
    """Load the built-ins, every installed plugin, and the plugin files of some folders.

    Parameters
    ----------
    folders : iterable of Path
        Folders of single-file plugins that the user trusts.
    left_out : iterable of Plugin
        Plugins that stand in the registry with the reason why they are not loaded.

    Returns
    -------
    Registry
        Plugins that can not work stand in `broken` with the reason, and register nothing.

    Raises
    ------
    ProjectError
        If there is no such folder, or the user's settings can not be read.
    Exception
        With `PHOSPHENE_STRICT=1`, whatever a plugin raises.
    """
    registry = own_plugins()
    outside = found(folders)
    if not strict():
        _try(outside)
    for plugin in outside:
        _load(registry, plugin)
    registry.plugins += left_out
    return registry


def own_plugins() -> Registry:
    """What comes with Phosphene, alone."""
    registry = Registry()
    for plugin in built_in():
        _load(registry, plugin)
    return registry


def load_commands(folders: Iterable[Path] = ()) -> Registry:
    """Load those plugins alone that add commands: `phosphene --help` is to answer at once."""
    registry = Registry()
    for plugin in found(folders):
        if plugin.state == READY and "register_commands" in known(plugin).hooks:
            _load(registry, plugin)
    return registry


def found(folders: Iterable[Path] = ()) -> list[Plugin]:
    """Every plugin from outside, those that the user left out with the reason; none is imported."""
    plugins = installed() + in_folders(folders)
    if not plugins:
        return []
    disabled, wanted = read_settings().disabled, os.environ.get(VARIABLE)
    names = None if wanted is None else [name.strip() for name in wanted.split(",") if name.strip()]
    for plugin in plugins:
        if any(plugin.called(name) for name in disabled):
            plugin.leave_out(
                DISABLED, "you disabled it", f"`phosphene plugins enable {plugin.name}`"
            )
        elif names is not None and not any(plugin.called(name) for name in names):
            plugin.leave_out(NOT_ASKED, f"{VARIABLE}={wanted} leaves it out", f"Unset {VARIABLE}.")
    return plugins


def surveyed(folders: Iterable[Path] = ()) -> list[Plugin]:
    """Every plugin with what it registers or why it can not; nothing from outside is imported."""
    registry = own_plugins()
    outside = found(folders)
    _try(outside)
    for plugin in outside:
        registry.plugins.append(plugin)
        _tried(plugin, lambda plugin=plugin: _survey(registry, plugin))  # type: ignore[misc]
    return sorted(registry.plugins, key=lambda plugin: plugin.built_in)


def _try(plugins: Iterable[Plugin]) -> None:
    try_those_unknown([plugin for plugin in plugins if plugin.state == READY])


def _survey(registry: Registry, plugin: Plugin) -> None:
    record = known(plugin)
    plugin.hooks = record.hooks
    if record.why:
        raise PluginError(record.why, plugin.remedy)
    registry.adopt(plugin, dict.fromkeys(record.items))
    plugin.items = record.items


def _load(registry: Registry, plugin: Plugin) -> None:
    registry.plugins.append(plugin)
    if not plugin.built_in:
        enter(plugin)
    if not strict():
        _tried(plugin, lambda: _take_over(registry, plugin))
    elif plugin.state == READY:
        try:
            _take_over(registry, plugin)
        except PluginError as error:  # its author gets what was raised, as it was
            raise error.__cause__ or error from None


def _take_over(registry: Registry, plugin: Plugin) -> None:
    # What crashes or hangs where it is imported did so in a process of its own, and stays there.
    if not plugin.built_in and not strict() and (why := known(plugin).why):
        raise PluginError(why, plugin.remedy)
    staged = load_alone(plugin)
    registry.adopt(plugin, guarded(plugin, staged.items))
    plugin.items = list(staged.items)


def _tried(plugin: Plugin, work: Callable[[], None]) -> None:
    """Do something with a plugin that is not left out; note it where that fails."""
    if plugin.state != READY:
        return
    try:
        work()
    except PluginError as error:
        plugin.leave_out(BROKEN, str(error), error.fix)
