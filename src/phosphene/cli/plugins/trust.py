"""`phosphene plugins trust`: trust a folder of plugin files."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--revoke", is_flag=True, help="Do not trust it any longer.")
def trust(folder: Path, revoke: bool) -> None:
    """Trust FOLDER, such as the `plugins` beside a project, as it is now: its .py files are loaded.

    They are code that runs with your rights. Read them first. After any change in the folder you
    are asked again.
    """
    from phosphene.cli.console import out
    from phosphene.errors import ProjectError
    from phosphene.plugins import trust as trusted
    from phosphene.plugins.single_files import files_in

    if revoke:
        had = trusted.distrust(folder)
        said = f"{folder} is no longer trusted." if had else f"{folder} was not trusted."
        out.print(said, markup=False)
        return
    files = files_in(folder)
    if not files:
        raise ProjectError(f"{folder} holds no plugin", "Name a folder that holds .py files.")
    now = trusted.contents(folder.resolve())
    trusted.trust(folder, now)
    names = ", ".join(file.name for file in files)
    out.print(
        f"Trusted: {folder} ({names}; {len(now)} files in all). Undo with --revoke.", markup=False
    )
