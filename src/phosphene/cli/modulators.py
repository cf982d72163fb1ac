"""`phosphene modulators`: what can move a picture."""

from __future__ import annotations

import click


@click.command()
@click.argument("name", required=False)
def modulators(name: str | None) -> None:
    """List the modulators, or show NAME with its parameters, units and defaults."""
    from phosphene.cli.console import out
    from phosphene.cli.loading import registry_for
    from phosphene.cli.tables import look_table, modulator_page, modulator_table
    from phosphene.errors import ProjectError
    from phosphene.hints import hint

    registry = registry_for()
    if name is None:
        out.print(modulator_table(registry))
        out.print(look_table(registry))
        out.print(
            "`phosphene modulators NAME` shows the parameters of a modulator. A look is a few of "
            'them under one name: look = "pulse" instead of use = ...'
        )
    elif name in registry.modulators:
        out.print(modulator_page(registry, name))
    else:
        raise ProjectError(f"'{name}' is no modulator", hint(name, registry.modulators))
