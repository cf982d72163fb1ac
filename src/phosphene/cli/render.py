"""`phosphene render`: a song, or a project, in; a video with sound out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from phosphene.cli.parameters import FilePath, project_options

if TYPE_CHECKING:
    from phosphene.film.sound import Soundtrack
    from phosphene.project import Project
    from phosphene.score.score import Score
    from phosphene.song.song import Song


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
    from phosphene.cli.console import console, joined, one_line, styled
    from phosphene.cli.inputs import Options, compose_for, hear, read_input
    from phosphene.cli.loading import registry_for
    from phosphene.cli.outputs import files_of, require_outputs
    from phosphene.cli.reports import (
        warn_of_clamped,
        warn_of_image,
        warn_of_size,
        warn_of_unfollowed,
        warn_of_words,
    )
    from phosphene.engines import check_followed, check_paintable, check_torch, unfollowed
    from phosphene.film.checksums import digest_of
    from phosphene.film.formats import format_of
    from phosphene.film.mark import require_replaceable
    from phosphene.film.preflight import preflight
    from phosphene.paint.names import check_checkpoint, find_engine

    registry = registry_for(input)
    chosen = Options(**options)
    project = read_input(input, chosen, registry)
    output = output or Path(f"{input.stem}.mp4")
    target = output.absolute()  # an engine of a plugin may change the current folder
    form = format_of(target, registry.encoders)
    require_outputs({"-o": output}, files_of(input, project))
    require_replaceable(output, force)
    spec = find_engine(project.model.name, registry)
    check_checkpoint(spec)
    digest = digest_of(project.song.file) if project.song.file.is_file() else ""
    song = hear(project.song, registry)
    project, score = compose_for(song, project, chosen)
    warn_of_clamped(score)
    check = check_followed if strict else check_paintable
    check(spec, project.model, score)
    warn_of_unfollowed(spec, score)
    score = score.at_rest(unfollowed(spec, score))
    sound = _sound(project, song, score, digest)
    crf = project.video.crf
    preflight(target, score.width, score.height, score.fps, sound, crf, form, force)
    check_torch()
    warn_of_words(spec, score)
    warn_of_size(spec, project.model, score)
    warn_of_image(spec, project, score)
    about = joined(
        [
            f"{song.tempo:.1f} BPM, {len(song.beats)} beats" if len(song.beats) else "no beat",
            f"{len(score)} frames, {score.width}x{score.height} at {float(score.fps):g} fps",
            f"model {spec.name}",
        ]
    )
    console.print(styled((one_line(input.name), "bold"), f" · {about}"))
    # With torch: not before all else is checked.
    from phosphene.cli.filming import render_film
    from phosphene.cli.resuming import asked_for

    asked = asked_for(resume_from, song, project, score) if resume_from else None
    del song  # an hour of it is a gigabyte
    seconds = render_film(score, spec, project, target, sound, asked, form, keep, force)
    size = target.stat().st_size / 1e6
    done = f" {float(score.duration):.1f} s of video in {seconds:.0f} s, {size:.1f} MB"
    console.print(styled(("Done:", "bold green"), done))
    click.echo(one_line(output))


def _sound(project: Project, song: Song, score: Score, digest: str) -> Soundtrack:
    from phosphene.film import Soundtrack

    file = project.song.file.absolute()
    if score.duration >= song.duration:  # whole: the song may be copied as it is
        return Soundtrack(file, track=song.track, digest=digest)
    return Soundtrack(file, score.start, score.duration, song.track, digest)
