"""Tables that a person reads: modulators and looks."""

from __future__ import annotations

import inspect

from pydantic.fields import FieldInfo
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table

from phosphene.cli.console import styled
from phosphene.plugins import Registry


def table(*columns: str) -> Table:
    """An empty table; its first column stays on one line."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for number, column in enumerate(columns):
        made.add_column(column, no_wrap=number == 0, style="cyan" if number == 0 else "")
    return made


def modulator_table(registry: Registry) -> Table:
    """Every modulator: what it does, and the package that it comes from."""
    rows = table("modulator", "what it does", "package")
    for name, cls in sorted(registry.modulators.items()):
        summary = (inspect.getdoc(cls) or "").partition("\n\n")[0].replace("\n", " ")
        owner = registry.owner("modulators", name)
        rows.add_row(name, summary, owner.package or str(owner.file))
    return rows


def look_table(registry: Registry) -> Table:
    """Every look: the name, and what its layers do together."""
    rows = table("look", "what it does")
    for name, look in registry.looks.items():
        rows.add_row(name, look["about"])
    return rows


def modulator_page(registry: Registry, name: str) -> RenderableType:
    """One modulator: its docstring, and its parameters with units and defaults."""
    cls = registry.modulators[name]
    rows = table("parameter", "default", "what it means")
    owner = registry.owner("modulators", name)
    fields = dict(cls.model_fields)
    if "options" in fields and owner.name in registry.options:
        del fields["options"]
        told = registry.options[owner.name].model_fields
        fields |= {f"[plugins.{owner.name}] {key}": field for key, field in told.items()}
    for parameter, field in fields.items():
        rows.add_row(parameter, _default(field), field.description or "")
    about = f"  from {owner if owner.package else owner.source}\n\n{inspect.getdoc(cls) or ''}"
    return Group(styled((name, "bold"), about), "", rows)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    return "none" if value is None else str(value)
