"""`phosphene new`: a project file to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from phosphene.cli.parameters import FilePath


@click.command()
@click.argument("song", type=FilePath())
@click.option("-o", "--output", type=FilePath(), help="Default: beside the song, as .toml.")
def new(song: Path, output: Path | None) -> None:
    """Write the default project for SONG, with comments, to change as you like."""
    import os

    import tomlkit

    from phosphene.cli.console import out
    from phosphene.errors import ProjectError
    from phosphene.outputs import require_outputs, write_text
    from phosphene.project.default import default_text
    from phosphene.song.files import require_file

    output = output or song.with_suffix(".toml")
    require_file(song)
    require_outputs({"-o": output}, [song])
    if output.exists():
        raise ProjectError(f"{output} is there already", "Name another with -o.")
    project = tomlkit.parse(default_text())
    project["song"]["file"] = os.path.relpath(song, output.parent)  # type: ignore[index]
    write_text(output, tomlkit.dumps(project))
    out.print(f"{output} written. Change what you like, then: phosphene render {output}")
