"""Tables that a person reads: modulators, looks and plugins."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table

from phosphene.cli.console import styled
from phosphene.modulators.parameters import MOST, allowed, choices, schemas
from phosphene.plugins import Plugin, Registry
from phosphene.plugins.plugin import READY


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
    """One modulator: its docstring, and its parameters with defaults and what they take."""
    cls = registry.modulators[name]
    rows = table("parameter", "default", "what it means, and what it takes")
    owner = registry.owner("modulators", name)
    models: dict[str, type[BaseModel]] = {"": cls}
    if "options" in cls.model_fields and owner.name in registry.options:
        models[f"[plugins.{owner.name}] "] = registry.options[owner.name]
    long = []
    for prefix, model in models.items():
        known = schemas(model)
        for parameter, field in model.model_fields.items():
            if len(models) > 1 and model is cls and parameter == "options":
                continue
            schema = known.get(parameter, {})
            means = "\n".join(filter(None, (field.description, allowed(schema))))
            rows.add_row(prefix + parameter, _default(field), means)
            if len(names := choices(schema)) > MOST:
                long.append(f"{prefix}{parameter} takes: {', '.join(names)}.")
    about = f"  from {owner if owner.package else owner.source}\n\n{inspect.getdoc(cls) or ''}"
    return Group(styled((name, "bold"), about), "", rows, *map(styled, long))


def look_page(registry: Registry, name: str) -> RenderableType:
    """One look: what it does, and its layers at the fps and width that it is written for."""
    look = registry.looks[name]
    rows = table("layer", "to, at full", "what else it sets")
    for layer in look["layers"]:
        reaches = ", ".join(f"{channel} {reach:g}" for channel, reach in layer["to"].items())
        rest = {key: value for key, value in layer.items() if key not in ("use", "to")}
        said = ", ".join(f"{key} = {value}" for key, value in rest.items())
        rows.add_row(layer["use"], reaches, said)
    use = f'In a project: [[motion]] with look = "{name}"; values are for 12 fps, 256 px.'
    return Group(styled((name, "bold"), f"  a look\n\n{look['about']}"), "", rows, styled(use))


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if isinstance(value, bool):
        return str(value).lower()
    return "none" if value is None else str(value)


def plugin_table(plugins: Iterable[Plugin]) -> Table:
    """Every plugin: package, version, state, hooks, and what it registers or why it does not."""
    rows = table("plugin", "package", "version", "state", "hooks", "registers")
    for plugin in plugins:
        style = "" if plugin.state == READY else "red" if plugin.error else "yellow"
        registered = ", ".join(name for _, name in plugin.items) or plugin.why
        about = plugin.name, plugin.package or "a single file", plugin.version
        state = styled((plugin.state, style))
        rows.add_row(*about, state, ", ".join(plugin.hooks), registered)
    return rows


def as_data(plugin: Plugin) -> dict[str, Any]:
    """A plugin as JSON has it: what it registers is listed by kind."""
    registers: dict[str, list[str]] = {}
    for kind, name in plugin.items:
        registers.setdefault(kind, []).append(name)
    keys = ("name", "package", "version", "built_in", "state", "why", "fix", "hooks")
    file = None if plugin.file is None else str(plugin.file)
    return {key: getattr(plugin, key) for key in keys} | {"file": file, "registers": registers}
