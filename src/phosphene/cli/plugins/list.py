"""`phosphene plugins list`: what is installed, and whether it works."""

from __future__ import annotations

import click


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Write it as JSON.")
def list_command(as_json: bool = False) -> None:
    """List every plugin: package, version, hooks, what it registers, state and why."""
    import json

    from phosphene.cli.console import out
    from phosphene.cli.loading import named_folders
    from phosphene.cli.plugins.rows import as_data, plugin_table, remedies
    from phosphene.plugins.loading import surveyed

    found = surveyed(named_folders())
    if as_json:
        click.echo(json.dumps([as_data(plugin) for plugin in found], indent=1))
        return
    out.print(plugin_table(found))
    for line in remedies(found):
        out.print(line)
    out.print(
        "\n`phosphene plugins install PACKAGE` adds one; `phosphene plugins new NAME` makes one."
    )
