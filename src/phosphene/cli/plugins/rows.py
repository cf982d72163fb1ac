"""Plugins as rows of a table, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rich.table import Table
from rich.text import Text

from phosphene.cli.console import styled
from phosphene.cli.tables import table
from phosphene.plugins import Plugin
from phosphene.plugins.plugin import READY


def plugin_table(plugins: Iterable[Plugin]) -> Table:
    """Every plugin: package, version, state, hooks, and what it registers or why it does not."""
    rows = table("plugin", "package", "version", "state", "hooks", "registers")
    for plugin in plugins:
        style = "red" if plugin.error else "" if plugin.state == READY else "yellow"
        hooks = ", ".join(plugin.hooks)
        registered = ", ".join(name for _, name in plugin.items) or plugin.why
        package = plugin.package or "a single file"
        state = styled((plugin.state, style))
        rows.add_row(plugin.name, package, plugin.version, state, hooks, registered)
    return rows


def remedies(plugins: Iterable[Plugin]) -> Iterator[Text]:
    """What to do about each plugin that can not work."""
    for plugin in plugins:
        if plugin.error:
            yield styled(("Fix", "green"), f" {plugin}: {plugin.fix}")


def as_data(plugin: Plugin) -> dict[str, Any]:
    """A plugin as JSON has it: what it registers is listed by kind."""
    registers: dict[str, list[str]] = {}
    for kind, name in plugin.items:
        registers.setdefault(kind, []).append(name)
    return {
        "name": plugin.name,
        "package": plugin.package,
        "version": plugin.version,
        "file": None if plugin.file is None else str(plugin.file),
        "built_in": plugin.built_in,
        "state": plugin.state,
        "why": plugin.why,
        "fix": plugin.fix,
        "hooks": plugin.hooks,
        "registers": registers,
    }
