"""`phosphene plugins`: what is installed."""

from __future__ import annotations

import click


@click.command()
def plugins() -> None:
    """List the installed plugins with their version and hooks."""
    from phosphene.cli.console import out
    from phosphene.cli.tables import plugin_table
    from phosphene.plugins import load_plugins

    out.print(plugin_table(load_plugins()))
    out.print("\nInstall one with `pip install PACKAGE`; remove it with `pip uninstall PACKAGE`.")
