"""`phosphene loop`: a film of some bars that closes without a seam."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import click

from phosphene.cli.inputs.options import BARS, Changes, FilePath, between_bars, project_options


@click.command()
@click.argument("input", type=FilePath())
@click.option("--bars", required=True, **BARS)
@click.option(
    "-o",
    "--output",
    type=FilePath(),
    help=".mp4, .webm, .gif, .mkv, or .mov, which is ProRes 4444; default: the input's name, here.",
)
@click.option("--strict", is_flag=True, help="Stop if the model ignores a channel that moves.")
@click.option("--force", is_flag=True, help="Overwrite a file that Phosphene did not make.")
@project_options
def loop(
    input: Path,
    bars: tuple[int, int],
    output: Path | None,
    strict: bool,
    force: bool,
    **options: Any,
) -> None:
    """Render some bars of INPUT as a loop: a film that closes without a seam.

    INPUT is a song, or a project file (.toml). The film is as long as the bars, to the sample of
    the song. A whole number of frames has that length, so the frame rate is up to 5 % off the
    project's. The last quarter, 4 seconds at most, dissolves into the frames before the first.

    \b
      phosphene loop song.mp3 --bars 9:17
      phosphene loop project.toml --bars 9:17 -o loop.mov
    """  # fmt: skip
    from phosphene.cli.inputs.projects import compose_for, form_of
    from phosphene.cli.inputs.renders import introduce, job_for, make
    from phosphene.composing.loops import TOLERANCE, lead_of, loop_of, seamless_score, trim_scenes
    from phosphene.composing.trace import Trace
    from phosphene.film.formats import LOOPS
    from phosphene.film.probe import probe

    changes = Changes(**options | between_bars(bars, options["start"], options["end"]))
    output = output or Path(f"{input.stem}-{bars[0]}-{bars[1]}.mp4")
    job = job_for(input, output, changes, force, LOOPS)
    project, song = job.project, job.song
    stream = probe(project.song.file).sounds[song.track]
    assert stream is not None  # it was listened to
    fps = form_of(project, changes).fps
    if job.render.form.max_fps is not None:
        fps = min(fps, Fraction(job.render.form.max_fps) / (1 + Fraction(TOLERANCE)))
    span = loop_of(song, *bars, fps, stream.rate)
    trace = Trace()
    project, score = compose_for(song, project, replace(changes, fps=str(span.fps)), trace)
    score = trim_scenes(score)
    lead = lead_of(score)
    if lead:
        score = seamless_score(score, trace.values, lead)
    job.render.check(song, project, score, strict, (span.start, span.duration), lead)
    samples = f"{span.end - span.begin} samples at {span.rate} Hz"
    introduce(input, song, score, job.render, f"{span.frames} frames for {samples}")
    make(job.render, output, float(span.duration), partial(job.render.run, None, False))
