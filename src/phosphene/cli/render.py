"""`phosphene render`: a song, or a project, in; a video with sound out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from phosphene.cli.parameters import FilePath, project_options


@click.command()
@click.argument("input", type=FilePath())
@click.option(
    "-o",
    "--output",
    type=FilePath(),
    help=".mp4, .mov, .mkv, .webm or .gif; default: the input's name, as .mp4, here.",
)
@click.option(
    "--resume-from",
    metavar="POSITION",
    help="After a change: keep what was painted before 30 (frame), 2.5s, beat 16, bar 9, 50%.",
)
@click.option("--strict", is_flag=True, help="Refuse motion that the model cannot follow.")
@click.option("--keep", is_flag=True, help="Keep what --resume-from needs when the film is done.")
@click.option("--force", is_flag=True, help="Replace a file that Phosphene did not make.")
@project_options
def render(
    input: Path,
    output: Path | None,
    resume_from: str | None,
    keep: bool,
    strict: bool,
    force: bool,
    **options: Any,
) -> None:
    """Turn INPUT into a video that moves with its song.

    INPUT is a song, or a project file (.toml) that names one. Try the motion first, without
    painting:

    \b
      phosphene render song.mp3 --model none
      phosphene render song.mp3 --prompt "a coral reef" --prompt "a burning city"
      phosphene render project.toml --start "bar 9" --end "bar 17" --fps 8
    """  # fmt: skip
    from phosphene.cli.console import console, joined, one_line, rendering_progress, styled
    from phosphene.cli.inputs import Options, compose_for, hear, read_input
    from phosphene.cli.loading import named_folders, registry_for
    from phosphene.rendering.render import Render

    registry = registry_for(input)
    chosen = Options(**options)
    project = read_input(input, chosen, registry)
    output = output or Path(f"{input.stem}.mp4")
    job = Render(project, output, registry, input, named_folders(), force)
    song = hear(project.song, registry)
    project, score = compose_for(song, project, chosen)
    job.check(song, project, score, strict)
    about = joined(
        [
            f"{song.tempo:.1f} BPM, {len(song.beats)} beats" if len(song.beats) else "no beat",
            f"{len(score)} frames, {score.width}x{score.height} at {float(score.fps):g} fps",
            f"model {job.spec.name}",
        ]
    )
    console.print(styled((one_line(input.name), "bold"), f" · {about}"))
    del song  # an hour of it is a gigabyte
    with rendering_progress(job.spec.name) as show:
        seconds = job.run(resume_from, keep, show)
    size = job.target.stat().st_size / 1e6
    done = f" {float(score.duration):.1f} s of video in {seconds:.0f} s, {size:.1f} MB"
    console.print(styled(("Done:", "bold green"), done))
    click.echo(one_line(output))
