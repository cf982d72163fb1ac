"""`phosphene plugins trust`: say yes to a folder of plugin files."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--revoke", is_flag=True, help="Take the yes back.")
def trust(folder: Path, revoke: bool) -> None:
    """Say yes to FOLDER, such as the `plugins` beside a project: its .py files are loaded.

    They are code that runs with your rights. Read them first.
    """
    from phosphene.cli.console import out
    from phosphene.errors import ProjectError
    from phosphene.plugins import trust as trusted
    from phosphene.plugins.single_files import files_in

    if revoke:
        had = trusted.distrust(folder)
        out.print(f"{folder} is no longer loaded." if had else f"{folder} was not trusted.")
        return
    files = files_in(folder)
    if not files:
        raise ProjectError(f"{folder} holds no plugin", "Name a folder that holds .py files.")
    trusted.trust(folder)
    names = ", ".join(file.name for file in files)
    out.print(f"Trusted: {folder} ({names}). Take it back with --revoke.", markup=False)
