"""`phosphene modulators`: what can move a picture."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic.fields import FieldInfo
    from rich.console import RenderableType
    from rich.table import Table

    from phosphene.plugins import Registry


@click.command()
@click.argument("name", required=False)
def modulators(name: str | None) -> None:
    """List the modulators and looks, or show NAME: its parameters, defaults and what they take."""
    from phosphene.cli.inputs.registry import registry_for
    from phosphene.cli.terminal.console import out
    from phosphene.errors import ProjectError
    from phosphene.hints import hint

    registry = registry_for()
    if name is None:
        out.print(modulator_table(registry))
        out.print(look_table(registry))
        out.print(
            "`phosphene modulators NAME` shows the parameters of a modulator, or the layers of a "
            'look: a few modulators under one name, look = "pulse" instead of use = ...'
        )
    elif name in registry.modulators:
        out.print(modulator_page(registry, name))
    elif name in registry.looks:
        out.print(look_page(registry, name))
    else:
        known = [*registry.modulators, *registry.looks]
        raise ProjectError(f"unknown modulator or look '{name}'", hint(name, known))


def modulator_table(registry: Registry) -> Table:
    """Every modulator: what it does, and the package that it comes from."""
    from phosphene.cli.terminal.console import table

    rows = table("modulator", "what it does", "package")
    for name, cls in sorted(registry.modulators.items()):
        summary = (inspect.getdoc(cls) or "").partition("\n\n")[0].replace("\n", " ")
        owner = registry.owner("modulators", name)
        rows.add_row(name, summary, owner.package or str(owner.file))
    return rows


def look_table(registry: Registry) -> Table:
    """Every look: the name, and what its layers do together."""
    from phosphene.cli.terminal.console import table

    rows = table("look", "what it does")
    for name, look in registry.looks.items():
        rows.add_row(name, look["about"])
    return rows


def modulator_page(registry: Registry, name: str) -> RenderableType:
    """One modulator: its docstring, and its parameters with defaults and what they take."""
    from rich.console import Group

    from phosphene.cli.terminal.console import styled, table
    from phosphene.modulators.modulator import MAX_CHOICES, allowed, choices, schemas

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
            if len(names := choices(schema)) > MAX_CHOICES:
                long.append(f"{prefix}{parameter} takes: {', '.join(names)}.")
    about = f"  from {owner if owner.package else owner.source}\n\n{inspect.getdoc(cls) or ''}"
    return Group(styled((name, "bold"), about), "", rows, *map(styled, long))


def look_page(registry: Registry, name: str) -> RenderableType:
    """One look: what it does, and its layers at the fps and width that it is written for."""
    from rich.console import Group

    from phosphene.cli.terminal.console import styled, table

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
