"""Painting and encoding concurrently, with checkpoints to resume from."""

from __future__ import annotations

import contextlib
import itertools
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from phosphene.errors import FilmError
from phosphene.film import Film
from phosphene.film.encoder import FIXES
from phosphene.film.film import beside
from phosphene.own_files import clear_own, locked
from phosphene.painting.anchors import SceneAnchors, is_held
from phosphene.painting.closing import closed
from phosphene.painting.depth import with_depth
from phosphene.painting.frames import painted, read_back
from phosphene.painting.states import State
from phosphene.rendering import checkpoint
from phosphene.rendering.resuming import Asked, begin, planned
from phosphene.rendering.set_aside import reunite

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from phosphene.film.record import Record
    from phosphene.film.segments import Screen
    from phosphene.rendering.render import Render

_log = logging.getLogger(__name__)
Progress = Callable[[int, int, str], None]
"""on_progress(done, total, stage): frame counts, and "loading", "painting" or "joining"."""
SHOWN = "shown"  # in a state: the frame as it is shown, in 8 bits
EVERY = 5.0  # seconds between checkpoints: the most that is painted again after a kill


def state_folder(target: Path) -> Path:
    """The folder with the state of an unfinished render."""
    return beside(target, ".resume")


def render_film(
    render: Render,
    about: Mapping[str, str],
    record: Record | None,
    screen: Screen | None,
    asked: Asked | None,
    keep: bool,
    on_progress: Progress,
) -> float:
    """Paint and encode every frame; return the seconds that it took.

    If the render is stopped at any moment, the same call resumes from the last checkpoint and gives
    the same frames to the bit. Its state is in `state_folder` until the film is complete. Nothing
    there changes before the engine has loaded and painted a frame.

    Parameters
    ----------
    render : Render
        After its `check`.
    about : mapping of str to str
        What the frames depend on, from `render.made_of`.
    record : Record or None
        How the film is made, for its metadata.
    screen : Screen or None
        Makes the frames of the film of those that are painted.
    asked : Asked or None
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
        If no frames are kept for `asked`, or the state folder was not made by Phosphene.
    """
    score, spec, project, lead = render.score, render.spec, render.project, render.lead
    begun = time.monotonic()
    folder = state_folder(render.target)
    length = len(score) - lead
    settings = (
        f"{spec.name}, seed {project.model.seed}, {score.width}x{score.height} at "
        f"{float(score.fps):g} fps, {length} frames"
    )

    def film_in(place: Path) -> Film:
        return Film(
            render.target, score.width, score.height, score.fps, render.sound, length,
            project.video.crf, place, render.form, render.force, record=record, screen=screen,
        )  # fmt: skip

    with _disk_errors(), locked(folder):
        reunite(folder)
        plan = planned(film_in, folder, about, settings, asked, length)
        after = (plan.kept - 1, checkpoint.load(plan.source, plan.kept - 1)) if plan.kept else None
        on_progress(plan.kept, length, "loading")
        engine = with_depth(spec.load(project.model, score), render.depth, project.depth, score)
        anchors = SceneAnchors(score, engine) if spec.diffuses and is_held(score) else []
        painting = (
            closed(score, engine, anchors, lead, after)
            if lead
            else painted(score, engine, anchors, after)
        )
        if screen is not None and screen.interpolates:
            painting = ((row, {**state, SHOWN: levels}, levels) for row, state, levels in painting)
        frames = read_back(painting, engine.device)
        first = list(itertools.islice(frames, 1))
        begin(plan, film_in(plan.source), folder)
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
    return time.monotonic() - begun


def _film(
    film: Film,
    frames: Iterable[tuple[int, State, NDArray[np.uint8]]],
    folder: Path,
    length: int,
    on_progress: Progress,
) -> None:
    begun, saved, last = film.written, time.monotonic(), None
    try:
        on_progress(begun, length, "painting")
        for row, state, frame in frames:
            if row == begun:
                checkpoint.reserve(folder, state)
            film.write(frame)
            last = row, state
            if film.full:  # its raw frames will be removed, so this state is needed
                checkpoint.save_border(folder, row, state)
                last, saved = None, time.monotonic()
            elif time.monotonic() - saved > EVERY:
                checkpoint.save_latest(folder, row, state)
                last, saved = None, time.monotonic()
            on_progress(row + 1, length, "painting")
    finally:
        if last is not None:
            with contextlib.suppress(OSError):  # an older checkpoint and the raw frames remain
                checkpoint.save_last(folder, *last)


def _shown(after: tuple[int, State] | None) -> bytes:
    """The last frame that was painted, as it was shown, where the state has it."""
    if after is None or SHOWN not in after[1]:
        return b""
    return after[1][SHOWN].numpy().tobytes()


def _stopped(written: int, length: int, folder: Path) -> str:
    rows = checkpoint.rows(folder)
    if not rows:
        return "\nStopped; nothing could be saved. The same command starts over."
    return (
        f"\nStopped at frame {written} of {length}. The same command resumes after frame "
        f"{rows[0] + 1}; to discard these frames, remove {folder}."
    )


@contextlib.contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno is None:  # not from the system, but a subclass of a library
            raise
        raise FilmError(
            f"{error.filename or 'A file'} cannot be read or written: {error.strerror or error}.",
            next((fix for sign, fix in FIXES.items() if sign in str(error)), "Check the disk."),
        ) from error
