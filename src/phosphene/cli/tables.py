"""Tables that a person reads: modulators and plugins."""

from __future__ import annotations

import inspect

from pydantic.fields import FieldInfo
from rich import box
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from phosphene.looks import looks
from phosphene.plugins import Registry


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for number, column in enumerate(columns):
        table.add_column(column, no_wrap=number == 0, style="cyan" if number == 0 else "")
    return table


def plugin_table(registry: Registry) -> Table:
    """Every plugin: package, version, hooks, what it registers, or why it was left out."""
    table = _table("plugin", "package", "version", "hooks", "registers")
    for plugin in registry.plugins:
        owned = [name for (_, name), owner in registry.origin.items() if owner is plugin]
        state = escape(", ".join(owned)) if not plugin.error else f"[red]{escape(plugin.error)}[/]"
        hooks = ", ".join(plugin.hooks)
        table.add_row(plugin.name, plugin.package, plugin.version, hooks, state)
    return table


def modulator_table(registry: Registry) -> Table:
    """Every modulator: what it does, and the package that it comes from."""
    table = _table("modulator", "what it does", "package")
    for name, cls in sorted(registry.modulators.items()):
        summary = (inspect.getdoc(cls) or "").partition("\n\n")[0].replace("\n", " ")
        table.add_row(name, escape(summary), registry.owner("modulators", name).package)
    return table


def look_table() -> Table:
    """Every look: the name, and what its layers do together."""
    table = _table("look", "what it does")
    for name, look in looks().items():
        table.add_row(name, escape(look["about"]))
    return table


def modulator_page(registry: Registry, name: str) -> RenderableType:
    """One modulator: its docstring, and its parameters with units and defaults."""
    cls = registry.modulators[name]
    table = _table("parameter", "default", "what it means")
    for parameter, field in cls.model_fields.items():
        table.add_row(parameter, escape(_default(field)), escape(field.description or ""))
    owner = registry.owner("modulators", name)
    about = f"[bold]{name}[/]  from {owner.package} {owner.version}\n\n"
    return Group(about + escape(inspect.getdoc(cls) or ""), "", table)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    return "none" if value is None else str(value)
