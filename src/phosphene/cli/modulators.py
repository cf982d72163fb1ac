"""`phosphene modulators`: what can move a picture."""

from __future__ import annotations

import click


@click.command()
@click.argument("name", required=False)
def modulators(name: str | None) -> None:
    """List the modulators and looks, or show NAME: its parameters, defaults and what they take."""
    from phosphene.cli.console import out
    from phosphene.cli.loading import registry_for
    from phosphene.cli.tables import look_page, look_table, modulator_page, modulator_table
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
        raise ProjectError(f"there is no modulator or look '{name}'", hint(name, known))
