"""`phosphene new` and `phosphene import`: write a project file."""

from __future__ import annotations

from pathlib import Path

import click

from phosphene.cli.inputs import FilePath


@click.command()
@click.argument("song", type=FilePath())
@click.option("-o", "--output", type=FilePath(), help="Default: beside the song, as .toml.")
def new(song: Path, output: Path | None) -> None:
    """Write the default project for SONG, with comments, as a file to edit."""
    import os

    import tomlkit

    from phosphene.cli.console import out
    from phosphene.errors import ProjectError
    from phosphene.outputs import require_outputs, write_text
    from phosphene.project.file import default_text
    from phosphene.song.files import require_file

    output = output or song.with_suffix(".toml")
    require_file(song)
    require_outputs({"-o": output}, [song])
    if output.exists():
        raise ProjectError(f"{output} exists already", "Name another with -o.")
    project = tomlkit.parse(default_text())
    project["song"]["file"] = os.path.relpath(song, output.parent)
    write_text(output, tomlkit.dumps(project))
    out.print(f"{output} written. Edit it, then: phosphene render {output}")


@click.group("import")
def import_group() -> None:
    """Convert files of other programs to projects."""


@import_group.command()
@click.argument("settings", type=FilePath())
@click.option("-o", "--output", type=FilePath(), required=True, help="project.toml")
@click.option("--song", type=FilePath(), help="The song of the project.")
def deforum(settings: Path, output: Path, song: Path | None) -> None:
    """Convert SETTINGS, a settings file of Deforum, to a project.

    Motion, strength, prompts, seed, frame rate and cadence compose to the same curves. Settings
    that cannot be converted, or are missing, are listed here and at the top of the project.
    """
    from phosphene.cli.console import out, warn
    from phosphene.errors import ProjectError
    from phosphene.importers.deforum import imported, read_settings
    from phosphene.outputs import require_outputs, write_text

    if output.suffix.lower() != ".toml":
        raise ProjectError(
            f"-o {output}: a project file ends in .toml", f"Try {output.with_suffix('.toml')}."
        )
    require_outputs({"-o": output}, [settings, *([song] if song else [])])
    if output.exists():
        raise ProjectError(f"{output} exists already", "Name another with -o.")
    made = imported(read_settings(settings), song, output.parent)
    write_text(output, made.text)
    for line in made.lost:
        warn(f"not carried: {line}")
    if made.assumed:
        warn(f"not in {settings.name}, and assumed: {', '.join(made.assumed)}")
    out.print(
        f"{output} written: {len(made.channels)} channels ({', '.join(made.channels)}), "
        f"{made.prompts} prompts. See it with: phosphene plot {output} -o plot.png"
    )
