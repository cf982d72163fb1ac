"""`phosphene compose`: the Score as a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from phosphene.cli.inputs import project_options

FORMATS = (".csv", ".json")


@click.command("compose")
@click.argument("input", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, help="score.csv or score.json"
)
@project_options
def compose_command(input: Path, output: Path, **options: Any) -> None:
    """Write the Score of INPUT: one row a frame, every channel's value.

    INPUT is a project file (.toml), or a song, which gets a default project.
    """
    from phosphene.cli.console import out, warn_of_broken
    from phosphene.cli.inputs import Options, compose_for, hear, read_input
    from phosphene.cli.outputs import write_text
    from phosphene.cli.reports import warn_of_clamped
    from phosphene.errors import ProjectError
    from phosphene.plugins import load_plugins

    if output.suffix.lower() not in FORMATS:
        raise ProjectError(
            f"-o {output}: the ending '{output.suffix}' is unknown",
            f"Allowed: {', '.join(FORMATS)}.",
        )
    registry = load_plugins()
    warn_of_broken(registry)
    chosen = Options(**options)
    project = read_input(input, chosen, registry)
    score = compose_for(hear(project.song.file, registry), project, chosen)
    warn_of_clamped(score)
    text = score.to_json() if output.suffix.lower() == ".json" else score.to_csv()
    write_text(output, text)
    out.print(f"{len(score)} frames at {float(score.fps):g} fps: {output}")
