"""`phosphene plugins new`: a package to begin with."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("name")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path),
    help="Folder to write it into; default: here.",
)  # fmt: skip
def new(name: str, output: Path | None) -> None:
    """Write a whole plugin package, phosphene-NAME: pyproject, code, README, tests and CI.

    It installs and passes its tests as it stands.
    """
    from phosphene.cli.console import out
    from phosphene.scaffold import write_package

    folder = write_package(name, output or Path.cwd())
    shown = folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
    place = shown if shown.is_absolute() else f"./{shown}"
    out.print(
        f"{place} written. Change what you like, then:\n"
        f"  phosphene plugins install --editable {place}\n"
        f"  phosphene plugins check {name.removeprefix('phosphene-')}",
    )
