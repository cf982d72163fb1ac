"""`phosphene doctor`: is everything here that a render needs?"""

from __future__ import annotations

import click


@click.command()
def doctor() -> None:
    """Check ffmpeg, the device, memory, plugins and models, and say what is missing."""
    from phosphene.cli.console import out, styled
    from phosphene.cli.health import checks

    failed = 0
    for check in checks():
        mark = ("ok  ", "green") if check.ok else ("no  ", "red")
        out.print(styled(mark, " ", (f"{check.name:<10}", "bold"), f" {check.found}"))
        failed += not check.ok
    if failed:
        raise click.exceptions.Exit(1)
