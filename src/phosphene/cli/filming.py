"""Painting and filming at once, so that a render that is stopped goes on where it was."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from phosphene.cli.console import ToConsole, console, painting_progress
from phosphene.cli.identity import identity
from phosphene.cli.resuming import Asked, clear, kept_frames
from phosphene.cli.stopping import stoppable
from phosphene.errors import FilmError
from phosphene.film import Film
from phosphene.film.encoder import FIXES
from phosphene.film.lock import locked
from phosphene.film.sound import Sound
from phosphene.paint import checkpoint
from phosphene.paint.anchors import Anchor, is_held, scene_anchors
from phosphene.paint.grade import grade
from phosphene.paint.loop import paint
from phosphene.paint.pictures import to_levels
from phosphene.paint.readback import Painted, read_back

if TYPE_CHECKING:
    from phosphene.engines import Engine, EngineSpec
    from phosphene.project import Project
    from phosphene.score.score import Score

EVERY = 5.0  # seconds between checkpoints: what is painted again at most after a kill -9


def state_folder(target: Path) -> Path:
    """Where all lies that a stopped render goes on from."""
    return target.with_name(f".{target.name}.resume")


def render_film(
    score: Score,
    spec: EngineSpec,
    project: Project,
    target: Path,
    sound: Sound,
    asked: Asked | None = None,
) -> float:
    """Paint and film every frame; seconds that it took.

    Stopped at any moment, the same call goes on from the last checkpoint, and ends with the same
    frames to the bit. What it needs for that stays in `state_folder`, which is the caller's to
    remove.

    Raises
    ------
    FilmError
        If the disk or ffmpeg fails, or another process renders to the same target.
    ProjectError
        If nothing is kept of what `asked` wants to go on from.
    """
    begun = time.monotonic()
    logging.getLogger("phosphene").handlers = [ToConsole()]
    folder = state_folder(target)
    film = Film(
        target, score.width, score.height, score.fps, sound, len(score), project.video.crf, folder
    )
    about = identity(score, spec, project.model, target, project.video.crf)
    with _disk_errors(), locked(folder), stoppable():
        kept = kept_frames(film, folder, about, asked, len(score))
        after = (kept - 1, checkpoint.load(folder, kept - 1)) if kept else None
        try:
            with console.status(f"Loading {spec.name} ..."):
                engine = spec.load(project.model, score)
                anchors = scene_anchors(score, engine) if spec.diffuses and is_held(score) else []
        except BaseException:
            if not kept:  # nothing was begun: nothing is left behind
                clear(folder)
            raise
        try:
            with film:
                film.resume(kept)
                _frames(film, score, engine, anchors, folder, after)
                console.print("Joining picture and sound ...")
        except BaseException:
            with contextlib.suppress(OSError):  # the terminal may be gone
                console.print(_stopped(film.written, len(score), folder))
            raise
    return time.monotonic() - begun


def _frames(
    film: Film,
    score: Score,
    engine: Engine,
    anchors: Sequence[Anchor],
    folder: Path,
    after: tuple[int, checkpoint.State] | None,
) -> None:
    first = after[0] + 1 if after else 0
    saved, last, reserved = time.monotonic(), None, False

    def painted() -> Iterator[Painted]:
        for row, picture, state in paint(score, engine, anchors, after):
            yield row, state, to_levels(grade(picture, score.row(row)))

    try:
        with painting_progress() as progress:
            task = progress.add_task("Painting", total=len(score), completed=first)
            for row, state, frame in read_back(painted(), engine.device):
                if not reserved:
                    checkpoint.reserve(folder, state)
                    reserved = True
                film.write(frame)
                last = row, state
                if film.full:  # its raw frames go: what follows must be able to go on
                    checkpoint.save_border(folder, row, state)
                    last, saved = None, time.monotonic()
                elif time.monotonic() - saved > EVERY:
                    checkpoint.save_latest(folder, row, state)
                    last, saved = None, time.monotonic()
                progress.advance(task)
    finally:
        if last is not None:
            with contextlib.suppress(OSError):  # an older one is there, and its raw frames
                checkpoint.save_last(folder, *last)


def _stopped(written: int, length: int, folder: Path) -> str:
    rows = checkpoint.rows(folder)
    if not rows:
        return "\nStopped, and nothing could be saved: the same command starts over."
    return (
        f"\nStopped at frame {written} of {length}. The same command goes on after frame "
        f"{rows[0] + 1}; to give it up, remove {folder}."
    )


@contextlib.contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno is None:  # not the system's: a library that derives its own from OSError
            raise
        raise FilmError(
            f"{error.filename or 'A file'} can not be read or written: {error.strerror or error}.",
            next((fix for sign, fix in FIXES.items() if sign in str(error)), "Check the disk."),
        ) from error
