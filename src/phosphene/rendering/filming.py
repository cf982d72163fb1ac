"""Painting and encoding concurrently, with checkpoints to resume from."""

from __future__ import annotations

import contextlib
import itertools
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from phosphene.errors import FilmError
from phosphene.film import Film
from phosphene.film.encoder import FIXES
from phosphene.film.film import beside
from phosphene.own_files import clear_own, locked
from phosphene.painting.states import State
from phosphene.rendering import checkpoint
from phosphene.rendering.painting import SHOWN, Frames, frames_of, loop_of
from phosphene.rendering.resuming import ResumePoint, carry_out, make_plan
from phosphene.rendering.set_aside import complete_move

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from phosphene.film.record import Record
    from phosphene.film.segments import Screen
    from phosphene.rendering.render import Render

_log = logging.getLogger(__name__)
Progress = Callable[[int, int, str], None]
"""on_progress(done, total, stage): frame counts, and "loading", "painting" or "joining"."""
CHECKPOINT_SECONDS = 5.0  # between checkpoints; a killed render repaints at most this much


def state_folder(target: Path) -> Path:
    """The folder with the state of an unfinished render."""
    return beside(target, ".resume")


def render_film(
    render: Render,
    about: Mapping[str, str],
    record: Record | None,
    screen: Screen | None,
    point: ResumePoint | None,
    keep: bool,
    on_progress: Progress,
) -> float:
    """Paint and encode every frame; return the elapsed seconds.

    Parameters
    ----------
    render : Render
        After its `check`.
    about : mapping of str to str
        What the frames depend on, from `render.made_of`.
    record : Record or None
        How the film is made, for its metadata.
    screen : Screen or None
        Turns painted frames into those of the film.
    point : ResumePoint or None
        Where to resume after a change.
    keep : bool
        Keep the state when the film is complete.
    on_progress : callable
        See `make_film`.

    Raises
    ------
    FilmError, ProjectError
        See `make_film`.
    """
    score, lead, shows = render.score, render.lead, screen is not None and screen.interpolates

    def frames(after: tuple[int, State] | None) -> Frames:
        return loop_of(render, after, shows) if lead else frames_of(render, after, shows=shows)

    job = FilmJob(
        lambda folder: film_of(render, record, screen, folder), render.target, about,
        len(score) - lead, settings_of(render), frames,
    )  # fmt: skip
    return make_film(job, point, keep, on_progress)


@dataclass(frozen=True)
class FilmJob:
    """A film to be made.

    Attributes
    ----------
    film_in : callable
        film_in(folder) returns the film, with its segments in a folder.
    target : Path
    about : mapping of str to str
        What its frames depend on.
    length : int
        Number of frames.
    settings : str
        A description of the settings.
    frames : callable
        frames(after) returns the frames after a row and its state; all of them for None.
    """

    film_in: Callable[[Path], Film]
    target: Path
    about: Mapping[str, str]
    length: int
    settings: str
    frames: Callable[[tuple[int, State] | None], Frames]


def make_film(job: FilmJob, point: ResumePoint | None, keep: bool, on_progress: Progress) -> float:
    """Make a film of its frames; return the elapsed seconds.

    If this is stopped at any moment, the same call resumes from the last checkpoint and gives the
    same frames to the bit. The state is in `state_folder` until the film is complete. Nothing there
    changes before the first frame.

    Parameters
    ----------
    job : FilmJob
    point : ResumePoint or None
        Where to resume after a change.
    keep : bool
        Keep the state when the film is complete.
    on_progress : callable
        on_progress(done, total, stage) is called with the number of encoded frames, the number of
        all frames, and "loading", "painting" (after each frame) or "joining".

    Raises
    ------
    FilmError
        If the disk or ffmpeg fails, or another process renders to the same target.
    ProjectError
        If no frames are kept for `point`, or the state folder was not made by Phosphene.
    """
    start, length, film_in = time.monotonic(), job.length, job.film_in
    folder = state_folder(job.target)
    with disk_errors(), locked(folder):
        complete_move(folder)
        plan = make_plan(film_in, folder, job.about, job.settings, point, length)
        after = (plan.kept - 1, checkpoint.load(plan.source, plan.kept - 1)) if plan.kept else None
        on_progress(plan.kept, length, "loading")
        with contextlib.closing(job.frames(after)) as frames:
            first = list(itertools.islice(frames, 1))
            carry_out(plan, film_in(plan.source), folder)
            film = film_in(folder)
            try:
                with film:
                    film.resume(plan.kept, _shown(after))
                    _film(film, itertools.chain(first, frames), folder, length, on_progress)
                    on_progress(length, length, "joining")
            except BaseException:
                with contextlib.suppress(OSError):  # the terminal may be gone
                    _log.info(_stopped(film.written, length, folder))
                raise
        if not keep:
            clear_own(folder)
    return time.monotonic() - start


def film_of(render: Render, record: Record | None, screen: Screen | None, folder: Path) -> Film:
    """The film of a render, with its segments in a folder."""
    score = render.score
    return Film(
        render.target, score.width, score.height, score.fps, render.sound, len(score) - render.lead,
        render.project.video.crf, folder, render.form, render.force, record=record, screen=screen,
    )  # fmt: skip


def settings_of(render: Render) -> str:
    """A description of a render's settings."""
    score = render.score
    return (
        f"{render.spec.name}, seed {render.project.model.seed}, {score.width}x{score.height} at "
        f"{float(score.fps):g} fps, {len(score) - render.lead} frames"
    )


def _film(
    film: Film,
    frames: Iterable[tuple[int, State, NDArray[np.uint8]]],
    folder: Path,
    length: int,
    on_progress: Progress,
) -> None:
    first, saved, last = film.written, time.monotonic(), None
    try:
        on_progress(first, length, "painting")
        for row, state, frame in frames:
            if row == first:
                checkpoint.reserve(folder, state)
            film.write(frame)
            last = row, state
            if film.full:  # its raw frames will be removed, so this state is needed
                checkpoint.save_border(folder, row, state)
                last, saved = None, time.monotonic()
            elif time.monotonic() - saved > CHECKPOINT_SECONDS:
                checkpoint.save_latest(folder, row, state)
                last, saved = None, time.monotonic()
            on_progress(row + 1, length, "painting")
    finally:
        if last is not None:
            with contextlib.suppress(OSError):  # an older checkpoint and the raw frames remain
                checkpoint.save_last(folder, *last)


def _shown(after: tuple[int, State] | None) -> bytes:
    """The pixels of the last painted frame, if the state has them."""
    if after is None or SHOWN not in after[1]:
        return b""
    return bytes(after[1][SHOWN].tobytes())


def _stopped(written: int, length: int, folder: Path) -> str:
    rows = checkpoint.rows(folder)
    if not rows:
        return "\nStopped; nothing could be saved. The same command starts over."
    return (
        f"\nStopped at frame {written} of {length}. The same command resumes after frame "
        f"{rows[0] + 1}; to discard these frames, remove {folder}."
    )


@contextlib.contextmanager
def disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno is None:  # not from the system, but a subclass of a library
            raise
        raise FilmError(
            f"{error.filename or 'A file'} cannot be read or written: {error.strerror or error}.",
            next((fix for sign, fix in FIXES.items() if sign in str(error)), "Check the disk."),
        ) from error
