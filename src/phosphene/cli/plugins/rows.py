"""Plugins as rows of a table, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rich.markup import escape
from rich.table import Table

from phosphene.cli.tables import table
from phosphene.plugins import Plugin
from phosphene.plugins.plugin import READY


def plugin_table(plugins: Iterable[Plugin]) -> Table:
    """Every plugin: package, version, state, hooks, and what it registers or why it does not."""
    rows = table("plugin", "package", "version", "state", "hooks", "registers")
    for plugin in plugins:
        state = plugin.state if plugin.state == READY else f"[yellow]{plugin.state}[/]"
        if plugin.error:
            state = f"[red]{plugin.state}[/]"
        hooks = ", ".join(plugin.hooks)
        registered = ", ".join(name for _, name in plugin.items) or plugin.why
        package = plugin.package or "a single file"
        rows.add_row(plugin.name, package, plugin.version, state, hooks, escape(registered))
    return rows


def remedies(plugins: Iterable[Plugin]) -> Iterator[str]:
    """What to do about each plugin that can not work."""
    for plugin in plugins:
        if plugin.error:
            yield f"[green]Fix[/] {escape(str(plugin))}: {escape(plugin.fix)}"


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
