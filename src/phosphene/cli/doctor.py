"""`phosphene doctor`: is everything here that a render needs?"""

from __future__ import annotations

import click


@click.command()
def doctor() -> None:
    """Check ffmpeg, the device, memory, plugins and models, and say what is missing."""
    from phosphene.cli.console import out
    from phosphene.cli.health import checks

    failed = 0
    for check in checks():
        mark = "[green]ok[/]  " if check.ok else "[red]no[/]  "
        out.print(f"{mark} [bold]{check.name:<10}[/] {check.found}")
        failed += not check.ok
    if failed:
        raise click.exceptions.Exit(1)
