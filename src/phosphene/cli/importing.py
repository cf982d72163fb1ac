"""`phosphene import`: projects made elsewhere."""

from __future__ import annotations

from pathlib import Path

import click

from phosphene.cli.parameters import FilePath


@click.group("import")
def import_group() -> None:
    """Turn a file of another program into a project."""


@import_group.command()
@click.argument("settings", type=FilePath())
@click.option("-o", "--output", type=FilePath(), required=True, help="project.toml")
@click.option("--song", type=FilePath(), help="The song that it is to move with.")
def deforum(settings: Path, output: Path, song: Path | None) -> None:
    """Turn SETTINGS, a settings file of Deforum, into a project.

    Motion, strength, prompts, seed, frame rate and cadence compose to the same curves. What cannot
    be carried is listed, here and at the top of the project, and so is what the file lacks.
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
        raise ProjectError(f"{output} is there already", "Name another with -o.")
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
