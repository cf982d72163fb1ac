"""`phosphene batch`: many films, several at a time, resumed and reported."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from phosphene.cli.inputs.options import BARS, FilePath, project_options

if TYPE_CHECKING:
    from phosphene.batch.pieces import Piece
    from phosphene.batch.plan import Figures, Film
    from phosphene.batch.ray_cluster import Cluster
    from phosphene.batch.remote import Remote
    from phosphene.batch.work import Outcome
    from phosphene.batch.workers import Task

SHOWN = 40  # films in the plan that is printed
_OF_CLUSTERS = {"cpus": "--cpus", "gpus": "--gpus", "runtime_env": "--runtime-env"}


@click.command()
@click.argument("inputs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="The folder of the films; default: that of the job list, or films.",
)
@click.option(
    "--jobs", type=click.IntRange(1, 10_000), metavar="N",
    help="Films, or parts of them, at a time; default: 1, or as many as the cluster has room for.",
)  # fmt: skip
@click.option(
    "--on", metavar="CLUSTER",
    help="Render on a Ray cluster: ray (that of this machine), ray://HOST:PORT or HOST:PORT.",
)  # fmt: skip
@click.option(
    "--to", metavar="URL",
    help="Also copy each complete film there: s3://BUCKET/FOLDER, or any other URL of fsspec.",
)  # fmt: skip
@click.option("--cpus", type=click.FloatRange(0), default=1, help="CPUs of each film, with --on.")
@click.option(
    "--gpus", type=click.FloatRange(0),
    help="GPUs of each film, with --on; default: 1 if there are any and a model needs one.",
)  # fmt: skip
@click.option(
    "--runtime-env", type=FilePath(), metavar="FILE",
    help="With --on: a runtime environment of Ray for the workers, in JSON.",
)  # fmt: skip
@click.option(
    "--project", "projects", type=FilePath(), multiple=True, metavar="FILE",
    help="Render each song with this project, instead of directing it; repeatable: all pairs.",
)  # fmt: skip
@click.option("--takes", type=click.IntRange(1, 100), help="Films of each, with different seeds.")
@click.option("--format", help="mp4 (the default), mov, mkv, webm or gif.")
@click.option("--bars", **BARS)
@click.option("--plan", is_flag=True, help="Print the plan and exit.")
@click.option("--strict", is_flag=True, help="A film fails if its model ignores a channel.")
@click.option("--force", is_flag=True, help="Overwrite files that Phosphene did not make.")
@project_options
@click.pass_context
def batch(
    context: click.Context,
    /,
    inputs: tuple[Path, ...],
    output: Path | None,
    jobs: int | None,
    on: str | None,
    to: str | None,
    cpus: float,
    gpus: float | None,
    runtime_env: Path | None,
    projects: tuple[Path, ...],
    takes: int | None,
    format: str | None,
    plan: bool,
    force: bool,
    **options: Any,
) -> None:
    """Render many films: INPUTS are songs, projects, a folder of songs, or a job list.

    The plan is printed first. A film that fails does not stop the others. The same command
    resumes: complete films of the same project, song and versions are skipped. A report is written
    beside the films.

    \b
      phosphene batch album/ --idea "the sea at night"
      phosphene batch *.mp3 --project neon.toml --project sea.toml --jobs 2
      phosphene batch project.toml --takes 4 --bars 9:17 --quality draft
      phosphene batch jobs.toml --plan
      phosphene batch jobs.toml -o /shared/films --on ray://head:10001 --gpus 1

    A job list is TOML. Each [[job]] is songs x projects x takes, with any option of `phosphene
    render`; those of the command line replace them:

    \b
      output = "films"
      [[job]]
      songs = "album/*.flac"
      projects = ["neon.toml", "sea.toml"]
      takes = 2
      quality = "fine"
    """  # fmt: skip
    from phosphene.batch.page import summary
    from phosphene.batch.pieces import pieces_of
    from phosphene.batch.remote import Remote
    from phosphene.batch.report import FOLDER, read_report
    from phosphene.cli.batches.jobs import given_options, jobs_from_command_line
    from phosphene.cli.batches.planning import Planner, measure_speeds
    from phosphene.cli.terminal.console import console, styled

    if on is None:
        for name, option in _OF_CLUSTERS.items():
            if context.get_parameter_source(name) is not ParameterSource.DEFAULT:
                raise click.UsageError(f"{option} is for films on a cluster. Give --on too.")
    own = {"takes": takes, "format": format}
    entry = {key: value for key, value in own.items() if value is not None}
    listed, folder = jobs_from_command_line(inputs, projects, entry, given_options(context))
    output = (output or folder).absolute()
    planner = Planner(listed, output, force, 1 if on else jobs or 1, plan)
    with contextlib.ExitStack() as open_until_end:
        remote = None
        if to is not None and not plan:
            remote = Remote(to)
            for name in () if force else (job.name for job in listed):
                remote.require_replaceable(name)
        if not plan:
            open_until_end.enter_context(_only_batch(output / FOLDER))
        earlier = read_report(output / FOLDER)
        films = list(planner.films(earlier))
        figures = measure_speeds(films, earlier.figures)
        cluster = None
        if on is not None and not plan and any(film.state == "waiting" for film in films):
            from phosphene.batch.ray_cluster import Cluster

            cluster = Cluster(on, films, output / FOLDER, cpus, gpus, runtime_env)
            open_until_end.callback(cluster.close)
        workers = jobs or (cluster.capacity() if cluster else 1)
        pieces = pieces_of(films, figures, workers)
        _print_plan(films, pieces, figures, output, workers)
        if not plan:
            _make(films, pieces, figures, output, workers, ["--force"] * force, cluster, remote)
    console.print(styled((f"{summary(films)}.", "bold")))
    if any(film.state == "failed" for film in films):
        context.exit(1)


@contextlib.contextmanager
def _only_batch(folder: Path) -> Iterator[None]:
    """Lock the folder of the report, so that no other batch writes the same films."""
    from phosphene.errors import FilmError
    from phosphene.own_files import locked, make_folder

    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(locked(folder))
        except FilmError:
            raise FilmError(
                f"Another batch is working in {folder.parent}.",
                "Wait until it is done, stop it, or name another folder with -o.",
            ) from None
        make_folder(folder)
        yield


def _print_plan(
    films: Sequence[Film],
    pieces: Sequence[Piece],
    figures: dict[str, Figures],
    output: Path,
    workers: int,
) -> None:
    from phosphene.batch.page import length
    from phosphene.batch.pieces import seconds_of
    from phosphene.batch.plan import space_left
    from phosphene.cli.terminal.console import console, joined, table, warn

    rows = table("film", "of", "frames", "kind", "time")
    for film in films[:SHOWN]:
        left = film.left(figures)
        about = {"failed": "fails", "kept": "complete"}.get(film.state, "")
        shown = about or (length(left) if left else "unknown")
        frames = f"{film.done} of {film.frames}" if 0 < film.done < film.frames else film.frames
        rows.add_row(film.target.name, film.job.input.name, str(frames), film.kind, shown)
    console.print(rows)
    if len(films) > SHOWN:
        console.print(f"and {len(films) - SHOWN} more films")
    for film in films:
        if film.state == "failed":
            warn(f"{film.target.name} cannot be made: {film.error}")
    waiting = [film for film in films if film.state == "waiting"]
    if not waiting:
        return
    seconds = seconds_of(pieces, figures, workers)
    known = all(film.kind in figures for film in waiting)
    place = next(folder for folder in (output, *output.parents) if folder.exists())
    free, needed = shutil.disk_usage(place).free, space_left(films, workers)
    what = "parts and films" if any(piece.number is not None for piece in pieces) else "films"
    at_once = f", {workers} {what} at a time" if workers > 1 else ""
    console.print(
        joined(
            [
                f"{len(waiting)} of {len(films)} films to make",
                f"{sum(film.frames - film.done for film in waiting):,} frames",
                f"about {length(seconds)}{at_once}" if known else "time unknown",
                f"{needed / 1e6:,.0f} MB of disk",
            ]
        )
    )
    if needed > free:
        warn(f"{free / 1e9:.1f} GB are free in {place}: the disk may become full")


def _make(
    films: Sequence[Film],
    pieces: Sequence[Piece],
    figures: dict[str, Figures],
    output: Path,
    workers: int,
    more: Sequence[str],
    cluster: Cluster | None,
    remote: Remote | None,
) -> None:
    """Make the films that are left, show how far they are, and write the report."""
    from phosphene import __version__
    from phosphene.batch.page import summary
    from phosphene.batch.report import FOLDER, log_of, remove_logs, write_report
    from phosphene.batch.work import Processes, Work
    from phosphene.batch.workers import make_films
    from phosphene.cli.batches.planning import arguments_for
    from phosphene.cli.terminal.console import batch_progress, console, one_line, styled, warn
    from phosphene.errors import FilmError

    begun, folder, processes = time.monotonic(), output / FOLDER, Processes()
    waiting = list({id(piece.film): piece.film for piece in pieces}.values())
    for film in waiting:
        remove_logs(folder, film.target)

    def begin(piece: Piece) -> Task:
        arguments = arguments_for(piece.film, piece.film.target, [*more, *piece.arguments])
        log = log_of(folder, piece.name)
        piece.film.log = log.name
        if piece.film.begin is not None:
            task: Task = piece.film.begin(piece, log)
            return task
        if cluster is not None:
            return cluster.task(piece, arguments, log)
        return Work(arguments, piece.target, log, processes)

    def copy(film: Film) -> None:
        try:
            if remote is not None:
                remote.copy(film.target)
        except FilmError as error:
            film.state, film.error = "failed", error.advice

    def ended(film: Film, outcome: Outcome) -> None:
        film.begin = None  # frees the model after the last film of its group
        if outcome.figures is not None:
            figures[film.kind] = outcome.figures
        if film.state == "made":
            copy(film)
        if film.state == "made":
            click.echo(one_line(film.target))
        elif film.state == "failed":
            console.print(styled((f"Failed: {film.target.name}", "bold red"), f"\n{film.error}"))

    try:
        for film in films:
            if film.state == "kept":
                copy(film)
            if film.state == "failed" and film.done == film.frames:
                warn(film.error)
        if waiting:
            with batch_progress(waiting) as show:
                make_films(pieces, min(workers, len(pieces)), begin, show, ended)
    except BaseException:
        with contextlib.suppress(OSError):  # the terminal may be gone
            console.print(f"Stopped. {summary(films)}. The same command resumes.")
        raise
    finally:
        processes.close()
        seconds = time.monotonic() - begun
        page = write_report(folder, films, figures, seconds, workers, __version__)
    console.print(f"Report: {one_line(page)}")
