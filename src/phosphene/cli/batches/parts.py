"""`phosphene render --jobs`: the parts of one film, several at a time."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from phosphene.batch.pieces import Piece
    from phosphene.batch.plan import Film
    from phosphene.batch.workers import Task
    from phosphene.rendering.filming import Progress
    from phosphene.rendering.render import Render


def in_parts(
    input: Path, render: Render, jobs: int, options: dict[str, Any], more: Sequence[str]
) -> Callable[[Progress], float] | None:
    """A function that paints a film in parts, several at a time, and joins them.

    On a GPU this process paints them, in batches of one model. Otherwise, each is painted by its
    own process.

    Parameters
    ----------
    input : Path
    render : Render
        After its `check`.
    jobs : int
        Number of parts that are painted at a time.
    options : dict
        Of `phosphene render`, as in a job list.
    more : sequence of str
        Other arguments of `phosphene render`.

    Returns
    -------
    callable or None
        None if the film has one part, or was begun in one piece.
    """
    from phosphene.film.parts import parts_folder

    score, target = render.score, render.target
    if jobs == 1 and not parts_folder(target).exists():
        return None
    if _begun_in_one_piece(render):
        return None
    from phosphene.batch.jobs import Job
    from phosphene.batch.pieces import pieces_of, useful_jobs
    from phosphene.batch.plan import Film
    from phosphene.cli.batches.planning import note_parts
    from phosphene.cli.terminal.console import console
    from phosphene.engines.presets import batchable

    film = Film(Job("", input, target.name, options), target, frames=len(score))
    useful = useful_jobs(score)
    if min(jobs, useful) > 1 and batchable(render.spec, render.project.model):
        from phosphene.engines.runtime.batches import Batches

        jobs = min(jobs, useful)
        render.batches = Batches(jobs, least=jobs)
    film.fingerprint = render.fingerprint(render.project, score)
    note_parts(film, score)
    film.done = sum(film.painted)
    if not film.done and any(parts_folder(target).glob("part-*")):
        console.print(
            "Parts that were painted with other settings or another --jobs are kept; "
            "`phosphene resume clean` deletes them."
        )
    pieces = pieces_of([film], {}, jobs)
    if pieces[0].number is None and not pieces[0].joins:
        return None

    def run(on_progress: Progress) -> float:
        begun = time.monotonic()
        _make(film, render, pieces, min(jobs, len(pieces)), more, on_progress)
        return time.monotonic() - begun

    return run


def _begun_in_one_piece(render: Render) -> bool:
    from phosphene.film.film import beside

    folder = beside(render.target, ".resume")
    if not folder.is_dir():
        return False
    from phosphene.rendering.set_aside import earlier_run

    run = earlier_run(folder)
    return run is not None and not run.changed(render.made_of(render.project, render.score))


def _make(
    film: Film,
    render: Render,
    pieces: Sequence[Piece],
    workers: int,
    more: Sequence[str],
    on_progress: Progress,
) -> None:
    from phosphene.batch.painting import Painting
    from phosphene.batch.report import log_of
    from phosphene.batch.work import Processes, Work
    from phosphene.batch.workers import make_films
    from phosphene.cli.batches.planning import arguments_for
    from phosphene.cli.terminal.console import console
    from phosphene.errors import FilmError
    from phosphene.film.parts import parts_folder
    from phosphene.own_files import remove_if_bare

    processes, joining = Processes(), False

    def begin(piece: Piece) -> Task:
        log = log_of(Path(logs), piece.name)
        if render.batches is not None:
            return Painting(piece, render, log)
        arguments = arguments_for(film, film.target, [*more, *piece.arguments])
        return Work(arguments, piece.target, log, processes)

    def show(film: Film, stage: str) -> None:
        nonlocal joining
        if film.done < film.frames:
            on_progress(film.done, film.frames, "painting" if film.done else "loading")
        elif not joining:
            joining = True
            on_progress(film.frames, film.frames, "joining")

    with tempfile.TemporaryDirectory(prefix="phosphene-parts-", ignore_cleanup_errors=True) as logs:
        try:
            make_films(pieces, workers, begin, show, lambda film, outcome: None)
        except BaseException:
            with contextlib.suppress(OSError):  # the terminal may be gone
                console.print(
                    f"\n{film.done} of {film.frames} frames are painted. The same command resumes."
                )
            raise
        finally:
            processes.close()
            with contextlib.suppress(OSError):
                remove_if_bare(parts_folder(film.target))
    if film.state != "made":
        raise FilmError(film.error)
