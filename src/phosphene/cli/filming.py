"""Painting and filming at once, so that a render that is stopped goes on where it was."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from phosphene.cli.console import ToConsole, console, painting_progress
from phosphene.cli.identity import identity
from phosphene.film import Film
from phosphene.film.sound import Sound
from phosphene.paint import checkpoint
from phosphene.paint.anchors import scene_palettes
from phosphene.paint.grade import grade
from phosphene.paint.loop import paint
from phosphene.paint.pictures import to_bytes

if TYPE_CHECKING:
    import torch

    from phosphene.engines import Engine, EngineSpec
    from phosphene.paint.colour import Palette
    from phosphene.project import Project
    from phosphene.score.score import Score

EVERY = 5.0  # seconds between checkpoints: what is lost at most when the power goes


def render_film(
    score: Score, spec: EngineSpec, project: Project, target: Path, sound: Sound
) -> float:
    """Paint and film every frame; seconds that it took.

    Stopped at any moment, the same call goes on from the last checkpoint, and ends with the same
    frames to the bit.
    """
    begun = time.monotonic()
    logging.getLogger("phosphene").handlers = [ToConsole()]
    folder = target.with_name(f".{target.name}.resume")
    about = identity(score, spec, project.model, target, project.video.crf)
    after = _earlier(folder, about)
    checkpoint.describe(folder, about)
    share = project.model.colour_match
    with console.status(f"Loading {spec.name} ..."):
        engine = spec.load(project.model, score)
        anchors = scene_palettes(score, engine) if share > 0 and spec.diffuses else []
    film = Film(
        target, score.width, score.height, score.fps, sound, len(score), project.video.crf, folder
    )
    try:
        with film:
            if after:
                film.resume(after[0] + 1)
            _frames(film, score, engine, anchors, share, folder, after)
            console.print("Joining picture and sound ...")
    except KeyboardInterrupt:
        console.print(
            f"\nStopped at frame {film.written} of {len(score)}. The same command goes on from "
            f"there; to give it up, remove {folder}."
        )
        raise
    return time.monotonic() - begun


def _frames(
    film: Film,
    score: Score,
    engine: Engine,
    anchors: Sequence[Palette],
    share: float,
    folder: Path,
    after: tuple[int, torch.Tensor] | None,
) -> None:
    saved = time.monotonic()
    last = after
    first = after[0] + 1 if after else 0
    try:
        with painting_progress() as progress:
            task = progress.add_task("Painting", total=len(score), completed=first)
            for row, picture in enumerate(paint(score, engine, anchors, share, after), first):
                film.write(to_bytes(grade(picture, score.row(row))))
                last = row, picture
                # With a segment its raw frames go: what follows must be able to go on.
                if film.full or time.monotonic() - saved > EVERY:
                    checkpoint.save(folder, row, picture)
                    saved = time.monotonic()
                progress.advance(task)
    except BaseException:
        if last is not None:
            checkpoint.save(folder, *last)
        raise


def _earlier(folder: Path, about: dict[str, str]) -> tuple[int, torch.Tensor] | None:
    """The frame that an earlier run of the same render saved last, told to the user."""
    changed = checkpoint.changes(folder, about)
    after = checkpoint.load(folder) if changed == [] else None
    if after is not None:
        console.print(f"Going on after frame {after[0] + 1}, where the last run was stopped.")
        return after
    if changed:
        console.print(
            f"Changed since the last run was stopped: {', '.join(changed)}. Starting over."
        )
    shutil.rmtree(folder, ignore_errors=True)
    return None
