"""`phosphene render` and `phosphene resume`: make a video, and manage what stopped renders left."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import click

from phosphene.cli.inputs.options import BARS, Changes, FilePath, between_bars, project_options


@click.command()
@click.argument("input", metavar="INPUT", type=FilePath(), required=False)
@click.option(
    "--from",
    "film",
    type=FilePath(),
    metavar="FILM",
    help="Make a film again from its metadata; INPUT is then its song, if that was moved.",
)
@click.option(
    "-o",
    "--output",
    type=FilePath(),
    help=".mp4, .mov, .mkv, .webm or .gif; default: the input's name, as .mp4, here.",
)
@click.option(
    "--resume-from",
    metavar="POSITION",
    help="After a change, keep the frames before 30 (frame), 2.5s, beat 16, bar 9 or 50%.",
)
@click.option("--bars", **BARS)
@click.option(
    "--takes",
    type=click.IntRange(2, 16),
    help="Compare that many seeds of a project, or seeds and directors of a song, in one video.",
)
@click.option("--strict", is_flag=True, help="Stop if the model ignores a channel that moves.")
@click.option("--keep", is_flag=True, help="Keep what --resume-from needs after the render.")
@click.option("--force", is_flag=True, help="Overwrite a file that Phosphene did not make.")
@click.option(
    "--progress",
    type=click.Choice(["bar", "json"]),
    default="bar",
    help="json: a line of JSON on stdout for each frame, for other programs.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=1,
    help="Number of scenes to paint at a time, in processes or, on a GPU, in one batch.",
)
@click.option("--part", type=click.IntRange(0), hidden=True, help="Paint one part, for a batch.")
@click.option("--join", is_flag=True, hidden=True, help="Make the film of its parts.")
@project_options
@click.pass_context
def render(
    context: click.Context,
    /,
    input: Path | None,
    film: Path | None,
    output: Path | None,
    bars: tuple[int, int] | None,
    takes: int | None,
    resume_from: str | None,
    keep: bool,
    strict: bool,
    force: bool,
    progress: str,
    jobs: int,
    part: int | None,
    join: bool,
    **options: Any,
) -> None:
    """Render INPUT as a video that moves with its song.

    INPUT is a song, or a project file (.toml) that names one. A song is directed: its sections
    become scenes, and its verses, builds and drops move in their own ways. With --idea, the
    project is also written beside the video, to edit. Try the motion first, without painting:

    \b
      phosphene render song.mp3 --idea "the sea at night"
      phosphene render song.mp3 --model none
      phosphene render song.mp3 --prompt "a coral reef" --prompt "a burning city"
      phosphene render project.toml --bars 9:17 --fps 8
      phosphene render project.toml --bars 9:13 --takes 4
      phosphene render song.mp3 --jobs 4
      phosphene render --from film.mp4 song.mp3 -o again.mp4
    """  # fmt: skip
    from phosphene.cli.batches.jobs import given_options
    from phosphene.cli.batches.parts import in_parts
    from phosphene.cli.inputs.projects import compose_for
    from phosphene.cli.inputs.renders import introduce, job_again, job_for, make
    from phosphene.cli.takes import render_takes
    from phosphene.cli.terminal.console import console, one_line, progress_as_json
    from phosphene.errors import ProjectError
    from phosphene.outputs import keep_project

    if bars:
        options |= between_bars(bars, options["start"], options["end"])
    changes = Changes(**options)
    if film is None and input is None:
        raise click.UsageError("Missing argument 'INPUT': a song, a project file, or --from FILM.")
    if jobs > 1 and (film or takes or resume_from or keep):
        raise ProjectError(
            "--jobs paints the scenes of one new video",
            "Remove --from, --takes, --resume-from and --keep.",
        )
    if takes:
        if film or input is None:
            raise ProjectError("--takes compares seeds of a project", "Remove --from.")
        if resume_from or keep:
            raise ProjectError("--takes cannot resume", "Remove --resume-from and --keep.")
        if progress != "bar":
            raise ProjectError("--takes only shows a bar", f"Remove --progress {progress}.")
        output = output or Path(f"{input.stem}-takes.mp4")
        render_takes(input, output, changes, takes, strict, force)
        return
    if film is not None:
        output = output or Path(f"{film.stem}-again{film.suffix}")
        job, changes = job_again(film, input, output, changes, force)
    else:
        assert input is not None
        output = output or Path(f"{input.stem}.mp4")
        job = job_for(input, output, changes, force)
    project, score = compose_for(job.song, job.project, changes)
    job.render.check(job.song, project, score, strict)
    if job.text and part is None and (changes.idea is not None or changes.director is not None):
        written = keep_project(job.text, output.with_suffix(".toml"))
        console.print(f"The project of this video is {one_line(written)}; edit and render it.")
    introduce(film or input or output, job.song, score, job.render, f"{len(score)} frames")
    making, seconds = job.render, float(score.duration)
    del job  # frees the song: a gigabyte for one hour
    if part is not None:
        with progress_as_json(making.spec.name) as show:
            making.paint_part(part, show)
        return
    run: Callable[..., float] = partial(making.run, resume_from, keep)
    if join:
        run = making.join_parts
    if input is not None and not (film or join or resume_from or keep):
        given, more = given_options(context), ["--force"] * force
        if parts := in_parts(input, making, jobs, given, more):
            run = parts
        elif jobs > 1:
            console.print("It has no cuts, or was begun in one piece: one process paints it.")
    make(making, output, seconds, run, progress)


@click.group()
def resume() -> None:
    """List or delete what stopped renders, or those with --keep, have left."""


@resume.command("list")
@click.argument("path", type=click.Path(path_type=Path), default=Path())
def list_command(path: Path) -> None:
    """List what is kept for the films in a folder, or for one film: PATH."""
    from phosphene.cli.terminal.console import out

    found = list(_kept(path))
    for film, place, aside in found:
        about = _about(place)
        state = f"set aside as {place.name.removeprefix('aside-')}" if aside else "can be resumed"
        out.print(
            f"{film}: {_count(place)}, {_size(place) / 1e6:.1f} MB, {state}"
            f"{f' ({about})' if about else ''}",
            markup=False,
        )
    if not found:
        out.print(f"Nothing is kept for a film in {path}.", markup=False)


@resume.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--set-aside", is_flag=True, help="Only frames painted with other settings.")
def clean(paths: tuple[Path, ...], set_aside: bool) -> None:
    """Delete what is kept for films, or for all films in a folder: PATHS.

    The films themselves are not deleted.
    """
    from phosphene.cli.terminal.console import out
    from phosphene.own_files import clear_own, locked

    places = [kept for path in paths for kept in _kept(path) if kept[2] or not set_aside]
    freed = 0
    for film, place, aside in places:
        with locked(place.parent if aside else place):
            freed += _size(place)
            clear_own(place)
            if aside and not any(place.iterdir()):
                place.rmdir()
        out.print(f"{film}: removed {place}", markup=False)
    out.print(f"{freed / 1e6:.1f} MB freed.")


def _kept(path: Path) -> Iterator[tuple[str, Path, bool]]:
    """For each run that is kept: the film's name, its folder, and whether it was set aside."""
    from phosphene.errors import ProjectError
    from phosphene.film.film import beside
    from phosphene.film.parts import ENDING
    from phosphene.own_files import ASIDE, MARK, check_folder, state_files

    if path.is_dir():
        folders, parts = sorted(path.glob(".*.resume")), sorted(path.glob(f".*{ENDING}"))
    else:
        folders, parts = [beside(path, ".resume")], [beside(path, ENDING)]
    for folder in parts:  # in each, those of the parts that are not complete come first
        folders += [*sorted(folder.glob(".*.resume")), folder]
    for folder in folders:
        if folder.is_symlink() or not (folder / MARK).is_file():
            continue
        try:
            check_folder(folder)
        except ProjectError as error:
            from phosphene.cli.terminal.console import warn

            warn(f"{error} {error.fix}")
            continue
        film = folder.name.removeprefix(".").removesuffix(".resume").removesuffix(ENDING)
        for place in [folder, *(p for p in sorted(folder.iterdir()) if ASIDE.fullmatch(p.name))]:
            if state_files(place):
                yield film, place, place != folder


def _about(place: Path) -> str:
    from phosphene.own_files import ABOUT, read_own

    try:
        about = json.loads(read_own(place / ABOUT, 1 << 20))
        return str(about["settings"])
    except (OSError, ValueError, RecursionError, KeyError, TypeError):
        return ""


def _count(place: Path) -> str:
    from phosphene.film.checksums import FRAMES, SIZE
    from phosphene.film.parts import ENDING

    if place.name.endswith(ENDING):
        return f"{len(list(place.glob('part-*.mp4')))} parts"
    sums = place / FRAMES
    return f"{sums.stat().st_size // SIZE if sums.exists() else 0} frames"


def _size(place: Path) -> int:
    from phosphene.own_files import state_files

    return sum(path.stat().st_size for path in state_files(place))
