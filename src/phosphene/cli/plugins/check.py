"""`phosphene plugins check`: does a plugin keep its contract?"""

from __future__ import annotations

from typing import Any

import click

LIMIT = 600.0  # seconds for the checks of one plugin
NOTHING = "It registers no modulator, no feature, and no engine with `examples` to check."


@click.command()
@click.argument("name", required=False)
def check(name: str | None) -> None:
    """Load the plugin NAME, or each, anew, and run the contract tests on what it registers."""
    from phosphene.cli.console import console, out, styled
    from phosphene.cli.loading import named_folders
    from phosphene.cli.plugins.naming import meant
    from phosphene.cli.tables import table
    from phosphene.errors import PluginError
    from phosphene.plugins.loading import found
    from phosphene.plugins.plugin import READY

    plugins = meant(name) if name else [p for p in found(named_folders()) if p.state == READY]
    if not plugins:
        out.print("No plugin is installed.")
    failed = []
    for plugin in plugins:
        out.print(styled((str(plugin), "bold")))
        with console.status(f"Checking {plugin.name} ..."):
            why, rows = _checked(plugin)
        if why:
            out.print(styled(("no", "red"), f"   {why}"))
            failed.append(str(plugin))
            continue
        shown = table("of", "", "check", "what must hold, and what was found")
        for row in rows:
            mark = styled(("ok", "green") if row["passed"] else ("no", "red"))
            told = styled(row["about"], (f"\n{row['told']}" if row["told"] else "", "red"))
            shown.add_row(row["of"], mark, row["check"], told)
        out.print(shown if rows else NOTHING)
        if not all(row["passed"] for row in rows):
            failed.append(str(plugin))
    if failed:
        raise PluginError(f"not as it must be: {', '.join(failed)}", "Mend what stands above.")


def _checked(plugin: Any) -> tuple[str, list[dict[str, Any]]]:
    """Why a plugin can not be loaded, or else how each check went."""
    from phosphene.plugins.inspection import answered, inspected
    from phosphene.plugins.plugin import INCOMPATIBLE

    if plugin.state == INCOMPATIBLE:
        return plugin.why, []
    if why := inspected(plugin).why:
        return why, []
    answer = answered("phosphene.plugins.checker", plugin, LIMIT)
    return answer.get("why", ""), answer.get("findings", [])
