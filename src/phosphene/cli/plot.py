"""`phosphene plot`: the motion at a glance."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from phosphene.cli.parameters import FilePath, project_options

if TYPE_CHECKING:
    from phosphene.score.score import Score
    from phosphene.song.song import Song


@click.command()
@click.argument("input", type=FilePath())
@click.option(
    "-o",
    "--output",
    type=FilePath(),
    required=True,
    help="plot.png, plot.svg, or plot.html, which tells the values under the pointer",
)
@project_options
def plot(input: Path, output: Path, **options: Any) -> None:
    """Draw what moves in INPUT, and why: each layer's part in every channel.

    INPUT is a project file (.toml), or a song, which gets a default project. The sound with its
    beats stands above the curves, and the prompts below them, on one time axis.
    """
    from phosphene.cli.console import one_line, out
    from phosphene.cli.inputs import Options, composed
    from phosphene.composing.compose import Format
    from phosphene.errors import ProjectError
    from phosphene.outputs import write_bytes
    from phosphene.plotting.formats import FORMATS
    from phosphene.plotting.picture import picture_of

    write = FORMATS.get(output.suffix.lower())
    if write is None:
        raise ProjectError(
            f"-o {output}: the ending '{output.suffix}' is unknown",
            f"Allowed: {', '.join(FORMATS)}.",
        )
    project, song, score = composed(input, Options(**options), {"-o": output})
    form = Format(score.fps, score.width, score.height)
    picture = picture_of(song, project, form, one_line(_title(input, song, score)))
    write_bytes(output, write(picture))
    out.print(f"{len(picture.parts)} channels move, in {len(score)} frames: {output}")


def _title(input: Path, song: Song, score: Score) -> str:
    from phosphene.cli.console import clock, joined

    begin, end = float(score.start), float(score.start + score.duration)
    heard = "" if song.path is None or song.path.name == input.name else f"{song.path.name}, "
    return joined(
        [
            input.name,
            f"{heard}{clock(begin)} to {clock(end)}",
            f"{song.tempo:.1f} BPM" if len(song.beats) else "",
            f"{float(score.fps):g} fps",
        ]
    )
