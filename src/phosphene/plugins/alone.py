"""Load one plugin alone: whatever goes wrong is said in one sentence, with its place."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from importlib.machinery import SourceFileLoader
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pluggy

from phosphene import hookspecs
from phosphene.authoring import traced
from phosphene.errors import PluginError
from phosphene.plugins.plugin import GROUP, Plugin
from phosphene.plugins.running import place_in, pressed
from phosphene.plugins.staging import Staged, misspelt, unmarked

HOOKS = {name: spec for name, spec in vars(hookspecs).items() if name.startswith("register_")}


def load_alone(plugin: Plugin) -> Staged:
    """Import a plugin and call its hooks; sets `plugin.hooks` and `plugin.file`.

    Returns
    -------
    Staged
        What it registers.

    Raises
    ------
    PluginError
        Whatever goes wrong, SystemExit too, named by the step that it went wrong in.
    """
    step = "import"
    try:
        with traced(plugin.name, "import"):
            module = _imported(plugin)
        if plugin.file is None and getattr(module, "__file__", None):
            plugin.file = Path(module.__file__)
        step = "hooks"
        manager = pluggy.PluginManager(GROUP)
        manager.add_hookspecs(hookspecs)
        plugin.hooks = _hooks(manager, module, plugin)
        staged = Staged(plugin.name)
        for hook, arguments in staged.arguments().items():
            step = hook
            if hook in plugin.hooks:
                with traced(plugin.name, hook):
                    getattr(manager.hook, hook)(**arguments)
        staged.commands()
    except BaseException as error:  # whatever a plugin raises, the others are loaded
        if isinstance(error, KeyboardInterrupt) and pressed(error, [plugin]):
            raise
        place = "" if plugin.built_in else place_in(error, plugin)
        raise PluginError(f"{step}: {_said(error)}{place}", plugin.remedy) from error
    return staged


def _imported(plugin: Plugin) -> Any:
    if plugin.package:
        return EntryPoint(plugin.name, plugin.module, GROUP).load()
    assert plugin.file is not None
    name = f"phosphene_single_file_{plugin.name}"
    loader = _FromSource(name, str(plugin.file))
    spec = importlib.util.spec_from_file_location(name, plugin.file, loader=loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # pydantic looks annotations up there
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:  # what it imports from its folder adds no file there either
        loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = writes
    return module


class _FromSource(SourceFileLoader):
    """Neither reads nor writes bytecode: what runs is the file that the user trusts."""

    def get_code(self, fullname: str) -> Any:
        return self.source_to_code(self.get_data(self.path), self.path)


def _hooks(manager: pluggy.PluginManager, module: Any, plugin: Plugin) -> list[str]:
    manager.register(module, name=plugin.name)
    callers = manager.get_hookcallers(module) or []
    for caller in callers:
        # A misspelt hook is silent in pluggy until it is asked.
        if not caller.has_spec():
            raise PluginError(misspelt(caller.name, HOOKS))
    if hasattr(module, "__name__") and (names := unmarked(module, HOOKS)):
        raise PluginError(f"{names[0]} is not marked with @phosphene.hookimpl")
    if not callers:
        raise PluginError("it implements no hook: mark one with @phosphene.hookimpl")
    return sorted(caller.name for caller in callers)


def _said(error: BaseException) -> str:
    message = " ".join(str(error).split())
    if isinstance(error, PluginError):
        return message
    if isinstance(error, pluggy.PluginValidationError):
        return message.partition("Argument(s)")[1] + message.partition("Argument(s)")[2] or message
    return f"{type(error).__name__}: {message}" if message else type(error).__name__
