"""Load plugins one at a time; one that fails registers nothing, and the reason is recorded."""

from __future__ import annotations

import importlib.util
import inspect
import os
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.machinery import SourceFileLoader
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import click
import pluggy

from phosphene import hookspecs
from phosphene.errors import PluginError
from phosphene.hints import hint
from phosphene.plugins.discovery import built_in, in_folders, installed
from phosphene.plugins.kinds import CHECKS, guarded
from phosphene.plugins.plugin import (
    BROKEN,
    DISABLED,
    GROUP,
    NOT_ASKED,
    READY,
    Item,
    Plugin,
    Registry,
)
from phosphene.plugins.running import enter, is_interrupt, location_in, problem, strict, traced
from phosphene.plugins.trial import record_of
from phosphene.plugins.trust import read_settings

#: Comma-separated names of the plugins or packages to load; empty for none.
VARIABLE = "PHOSPHENE_LOAD_PLUGINS"
HOOKS = {name: spec for name, spec in vars(hookspecs).items() if name.startswith("register_")}


def load_plugins(folders: Iterable[Path] = (), left_out: Iterable[Plugin] = ()) -> Registry:
    """Load the built-ins, every installed plugin, and the plugin files of some folders.

    Parameters
    ----------
    folders : iterable of Path
        Trusted folders of single-file plugins.
    left_out : iterable of Plugin
        Plugins to list in the registry without loading them.

    Returns
    -------
    Registry
        Plugins that fail are listed in `broken` with the reason, and register nothing.

    Raises
    ------
    ProjectError
        If a folder does not exist, or the user's settings cannot be read.
    Exception
        With `PHOSPHENE_STRICT=1`, any error of a plugin.
    """
    registry = load_built_ins()
    for plugin in find_plugins(folders) if strict() else _tried(find_plugins(folders)):
        _load(registry, plugin)
    registry.plugins += left_out
    return registry


def load_built_ins() -> Registry:
    """Load only the built-ins."""
    registry = Registry()
    for plugin in built_in():
        _load(registry, plugin)
    return registry


def load_commands(folders: Iterable[Path] = ()) -> Registry:
    """Load only the plugins that add commands, so that `phosphene --help` is fast."""
    registry = Registry()
    for plugin in _tried(find_plugins(folders)):
        if "register_commands" in plugin.hooks:
            _load(registry, plugin)
    return registry


def list_plugins(folders: Iterable[Path] = ()) -> list[Plugin]:
    """Every plugin, with its items or why it fails; this process imports only the built-ins."""
    registry = load_built_ins()
    for plugin in _tried(find_plugins(folders)):
        registry.plugins.append(plugin)
        if plugin.state == READY:
            try:
                registry.adopt(plugin, dict.fromkeys(plugin.items))
            except PluginError as error:
                plugin.leave_out(BROKEN, str(error), error.fix)
    return sorted(registry.plugins, key=lambda plugin: plugin.built_in)


def find_plugins(folders: Iterable[Path] = ()) -> list[Plugin]:
    """Every plugin that is not built in, disabled ones with the reason; none is imported."""
    plugins = installed() + in_folders(folders)
    if not plugins:
        return []
    disabled, wanted = read_settings().disabled, os.environ.get(VARIABLE)
    names = None if wanted is None else [name.strip() for name in wanted.split(",") if name.strip()]
    for plugin in plugins:
        if any(plugin.matches(name) for name in disabled):
            enable = f"`phosphene plugins enable {plugin.name}`"
            plugin.leave_out(DISABLED, "you disabled it", enable)
        elif names is not None and not any(plugin.matches(name) for name in names):
            plugin.leave_out(NOT_ASKED, f"{VARIABLE}={wanted} excludes it", f"Unset {VARIABLE}.")
    return plugins


def _tried(plugins: list[Plugin]) -> list[Plugin]:
    """Mark plugins that crash, hang or fail in a separate process, several in parallel."""
    if not (ready := [plugin for plugin in plugins if plugin.state == READY]):
        return plugins
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for plugin, record in zip(ready, pool.map(record_of, ready), strict=True):
            plugin.hooks, plugin.items = record.hooks, record.items
            if record.why:
                plugin.leave_out(BROKEN, record.why)
    return plugins


def _load(registry: Registry, plugin: Plugin) -> None:
    """Add a plugin and its items to the registry, or record why it cannot be loaded."""
    registry.plugins.append(plugin)
    if plugin.state != READY:
        return
    if not plugin.built_in:
        enter(plugin)
    try:
        registry.adopt(plugin, guarded(plugin, load_plugin(plugin)))
    except PluginError as error:
        if strict():  # the author needs the original error
            raise error.__cause__ or error from None
        plugin.leave_out(BROKEN, str(error), error.fix)


def answer(plugin: Plugin) -> dict[str, Any]:
    """In the separate process: the hooks and items of a plugin, or `why` it fails."""
    try:
        return {"items": list(load_plugin(plugin)), "hooks": plugin.hooks}
    except PluginError as error:
        return {"why": str(error), "hooks": plugin.hooks}


def load_plugin(plugin: Plugin) -> dict[Item, Any]:
    """Import a plugin and call its hooks; sets `plugin.hooks` and `plugin.file`.

    Returns
    -------
    dict
        The items that it registers.

    Raises
    ------
    PluginError
        If it raises anything, even SystemExit; the message names the step.
    """
    step = "import"
    try:
        with traced(plugin.name, step):
            module = _imported(plugin)
        if plugin.file is None and getattr(module, "__file__", None):
            plugin.file = Path(module.__file__)
        step = "hooks"
        manager = pluggy.PluginManager(GROUP)
        manager.add_hookspecs(hookspecs)
        manager.register(module, name=plugin.name)
        plugin.hooks = _implemented(manager, module)
        staged = _Staged(plugin.name)
        for hook, arguments in staged.hooks().items():
            step = hook
            if hook in plugin.hooks:
                with traced(plugin.name, hook):
                    getattr(manager.hook, hook)(**arguments)
        staged.add_commands()
    except BaseException as error:  # a plugin may raise anything
        if is_interrupt(error):
            raise
        place = "" if plugin.built_in else location_in(error, plugin)
        raise PluginError(f"{step}: {problem(error)}{place}", plugin.remedy) from error
    return staged.items


class _Staged:
    """The items of one plugin, staged until all of its hooks have succeeded.

    Parameters
    ----------
    name : str
        The plugin's name, under which its options are stored.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.items: dict[Item, Any] = {}
        self._cli = click.Group()

    def hooks(self) -> dict[str, dict[str, Any]]:
        """Every hook with its arguments."""
        register = {f"register_{kind}": {"register": partial(self._add, kind)} for kind in CHECKS}
        return register | {"register_commands": {"cli": self._cli}}

    def _add(self, kind: str, *given: Any) -> None:
        """Stage the arguments of `register`: an item, or a name and an item."""
        name = CHECKS[kind](*given)
        if kind == "options":
            name = self.name
        if not isinstance(name, str) or not name.strip():
            raise PluginError(f"{name!r} cannot be the name of a {kind.removesuffix('s')}")
        if (kind, name) in self.items:
            raise PluginError(f"{kind.removesuffix('s')} '{name}' is registered twice")
        self.items[kind, name] = given[-1]

    def add_commands(self) -> None:
        """Stage the commands that `register_commands` added to the group."""
        self.items |= {("commands", name): item for name, item in self._cli.commands.items()}


def _implemented(manager: pluggy.PluginManager, module: Any) -> list[str]:
    """The hooks that a registered module implements.

    Raises
    ------
    PluginError
        If it implements none, or if a hook is misspelt or unmarked; pluggy would ignore these.
    """
    callers = manager.get_hookcallers(module) or []
    for caller in callers:
        if not caller.has_spec():
            raise PluginError(f"unknown hook '{caller.name}'. {hint(caller.name, HOOKS)}")
    for hook, function in vars(module).items() if inspect.ismodule(module) else ():
        own = inspect.isfunction(function) and function.__module__ == module.__name__
        if hook in HOOKS and own and not hasattr(function, "phosphene_impl"):
            raise PluginError(f"{hook} is not marked with @phosphene.hookimpl")
    if not callers:
        raise PluginError("it implements no hook; mark one with @phosphene.hookimpl")
    return sorted(caller.name for caller in callers)


def _imported(plugin: Plugin) -> Any:
    if plugin.package:
        return EntryPoint(plugin.name, plugin.module, GROUP).load()
    name, file = f"phosphene_single_file_{plugin.name}", str(plugin.file)
    loader = _FromSource(name, file)
    spec = importlib.util.spec_from_file_location(name, file, loader=loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where pydantic looks up annotations
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:  # modules that it imports must not write bytecode into its folder either
        loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = writes
    return module


class _FromSource(SourceFileLoader):
    """Ignores bytecode, so that the trusted source itself runs."""

    def get_code(self, fullname: str) -> Any:
        return self.source_to_code(self.get_data(self.path), self.path)
