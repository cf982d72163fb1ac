"""`phosphene compose` and `phosphene plot`: the Score as a table, and as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from phosphene.cli.inputs.options import FilePath, project_options

if TYPE_CHECKING:
    from phosphene.composing.trace import Trace
    from phosphene.project.schema import Project
    from phosphene.score.score import Score
    from phosphene.song.song import Song


FORMATS = (".csv", ".json")


@click.command("compose")
@click.argument("input", type=FilePath())
@click.option("-o", "--output", type=FilePath(), help="score.csv or score.json")
@click.option(
    "--explain",
    metavar="FRAME",
    help="Explain each channel's value at a frame (30), or at 2.5s, beat 16, bar 9.",
)
@project_options
def compose_command(input: Path, output: Path | None, explain: str | None, **options: Any) -> None:
    """Write the Score of INPUT: one row per frame, with every channel's value.

    INPUT is a project file (.toml), or a song, which is directed as by `render`.
    """
    from phosphene.cli.inputs.options import Changes
    from phosphene.cli.inputs.projects import composed
    from phosphene.cli.terminal.console import out
    from phosphene.composing.trace import Trace
    from phosphene.errors import ProjectError
    from phosphene.outputs import write_text
    from phosphene.rendering.reports import warn_of_clamped

    if output is None and explain is None:
        raise ProjectError(
            "nothing to do: neither -o nor --explain is given",
            "Write the Score with -o score.csv, or explain a frame with --explain 30.",
        )
    if output is not None and output.suffix.lower() not in FORMATS:
        raise ProjectError(
            f"-o {output}: the ending '{output.suffix}' is unknown",
            f"Allowed: {', '.join(FORMATS)}.",
        )
    trace = None if explain is None else Trace()
    project, song, score = composed(input, Changes(**options), output, trace)
    warn_of_clamped(score)
    if explain is not None and trace is not None:
        out.print(_explained(explain, song, project, score, trace))
    if output is not None:
        text = score.to_json() if output.suffix.lower() == ".json" else score.to_csv()
        write_text(output, text)
        out.print(f"{len(score)} frames at {float(score.fps):g} fps: {output}")


def _explained(explain: str, song: Song, project: Project, score: Score, trace: Trace) -> str:
    """Every step of the composition, in the frame that `--explain` names."""
    from phosphene.composing.trace import explained
    from phosphene.errors import ProjectError
    from phosphene.score.timeline import Timeline, exact_fps
    from phosphene.score.units import parse_position

    timeline = Timeline(song, score.fps, exact_fps(project.video.fps))
    try:
        frame = timeline.frame_of(timeline.at(parse_position(explain)))
    except (ValueError, ProjectError) as error:
        raise ProjectError(f"--explain {explain}: {error}") from None
    frame = min(frame, timeline.n_frames - 1)
    seconds = frame / float(score.fps)
    return f"Frame {frame}, at {seconds:.3f} s\n\n{explained(trace, frame)}"


@click.command()
@click.argument("input", type=FilePath())
@click.option(
    "-o",
    "--output",
    type=FilePath(),
    required=True,
    help="plot.png, plot.svg, or plot.html, which shows the values under the pointer",
)
@project_options
def plot(input: Path, output: Path, **options: Any) -> None:
    """Plot the motion of INPUT: each layer's contribution to every channel.

    INPUT is a project file (.toml), or a song, which is directed as by `render`. The waveform with
    its beats is above the curves, and the prompts are below, on one time axis.
    """
    from phosphene.cli.inputs.options import Changes
    from phosphene.cli.inputs.projects import composed
    from phosphene.cli.terminal.console import one_line, out
    from phosphene.composing.trace import Trace
    from phosphene.errors import ProjectError
    from phosphene.outputs import write_bytes
    from phosphene.plotting.data import plot_data
    from phosphene.plotting.formats import FORMATS

    write = FORMATS.get(output.suffix.lower())
    if write is None:
        raise ProjectError(
            f"-o {output}: the ending '{output.suffix}' is unknown",
            f"Allowed: {', '.join(FORMATS)}.",
        )
    trace = Trace()
    project, song, score = composed(input, Changes(**options), output, trace)
    title = one_line(_title(input, song, score))
    picture = plot_data(song, project, score, trace, title)
    write_bytes(output, write(picture))
    out.print(f"{len(picture.parts)} channels move, in {len(score)} frames: {output}")


def _title(input: Path, song: Song, score: Score) -> str:
    from phosphene.cli.terminal.console import joined, minutes

    begin, end = float(score.start), float(score.start + score.duration)
    name = "" if song.path is None or song.path.name == input.name else f"{song.path.name}, "
    return joined(
        [
            input.name,
            f"{name}{minutes(begin)} to {minutes(end)}",
            f"{song.tempo:.1f} BPM" if len(song.beats) else "",
            f"{float(score.fps):g} fps",
        ]
    )
