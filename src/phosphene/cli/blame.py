"""An error that nobody foresaw: whether it is a plugin's or ours, and what to do."""

from __future__ import annotations

import traceback
from pathlib import Path

from phosphene.cli.console import console, show_error
from phosphene.errors import Bug, PhospheneError, PluginError
from phosphene.plugins import Plugin


def told(error: Exception) -> int:
    """Print an error with its traceback, and whose it is; the exit code for it."""
    console.print("".join(traceback.format_exception(error)))
    blamed = whose(error)
    show_error(blamed)
    return blamed.exit_code


def whose(error: Exception) -> PhospheneError:
    """The error as that of the plugin whose code it came through, or else as ours."""
    said = f"{type(error).__name__}: {error}"
    plugin = _plugin_of(error)
    if plugin is not None:
        return PluginError(f"{plugin.source} failed: {said}", plugin.remedy)
    return Bug(
        f"this is a mistake of Phosphene: {said}",
        "Please report it with the lines above and the command that you gave.",
    )


def _plugin_of(error: Exception) -> Plugin | None:
    """The plugin that stands innermost in the traceback of an error."""
    from phosphene.cli.loading import named_folders
    from phosphene.plugins.loading import found

    try:
        plugins = [plugin for plugin in found(named_folders()) if plugin.file is not None]
    except PhospheneError:
        return None
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        for plugin in plugins:
            if _belongs(Path(frame.filename), plugin):
                return plugin
    return None


def _belongs(file: Path, plugin: Plugin) -> bool:
    assert plugin.file is not None
    if plugin.file.name == "__init__.py":
        return file.is_relative_to(plugin.file.parent)
    return file == plugin.file
