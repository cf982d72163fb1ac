"""Films in parts: each part is painted to its own file, and the files are joined to the film."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import ExitStack, closing, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from phosphene.errors import FilmError, ProjectError
from phosphene.film import Film
from phosphene.film.parts import FORM, PartFile, parts_folder, remove_parts
from phosphene.own_files import check_folder, clear_own, locked, make_folder
from phosphene.painting.states import State
from phosphene.rendering.checkpoint import PICTURE
from phosphene.rendering.filming import (
    FilmJob,
    Progress,
    disk_errors,
    film_of,
    make_film,
    settings_of,
    state_folder,
)
from phosphene.rendering.painting import Frames, frames_of, with_pixels
from phosphene.score.parts import Part, parts_of

if TYPE_CHECKING:
    from phosphene.film.record import Record
    from phosphene.film.segments import Screen
    from phosphene.rendering.render import Render


def paint_part(render: Render, number: int, on_progress: Progress) -> float:
    """Paint a part of a film, resumably; return the elapsed seconds.

    Parameters
    ----------
    render : Render
        After its `check`.
    number : int
        Number of the part, from 0.
    on_progress : callable
        See `phosphene.rendering.filming.make_film`.

    Raises
    ------
    ProjectError
        If the film has no such part.
    FilmError, EngineError
    """
    score, parts = render.score, parts_of(render.score)
    if number >= len(parts):
        raise ProjectError(f"--part {number}: the film has {len(parts)} parts")
    part, about = parts[number], render.made_of(render.project, score)
    file = PartFile(render.target, render.fingerprint(render.project, score), number)
    if file.is_complete():
        return 0.0
    length, target = len(part.rows), file.path

    def frames(after: tuple[int, State] | None) -> Frames:
        row = None if after is None else (part.rows[after[0]], after[1])
        begin = 0 if after is None else after[0] + 1
        with closing(frames_of(render, row, part)) as painting:
            for number, (_, state, levels) in enumerate(painting, begin):
                yield number, state, levels

    def film_in(folder: Path) -> Film:
        return Film(target, score.width, score.height, score.fps, None, length, None, folder, FORM)

    job = FilmJob(
        film_in, target, {**about, "part": str(part.rows)}, length, settings_of(render), frames
    )
    with disk_errors():
        make_folder(parts_folder(render.target))
        seconds = make_film(job, None, True, on_progress)
        file.complete()
        with locked(state_folder(target)):
            clear_own(state_folder(target))
    return seconds


def join_parts(
    render: Render,
    about: Mapping[str, str],
    record: Record | None,
    screen: Screen | None,
    on_progress: Progress,
) -> float:
    """Join the parts of a film, then remove them; return the elapsed seconds.

    The frames are encoded as in `phosphene.rendering.filming.render_film`, so the film is the same
    to the bit.

    Parameters
    ----------
    render, about, record, screen, on_progress
        See `phosphene.rendering.filming.render_film`.

    Raises
    ------
    FilmError
        If a part is missing or damaged, or the disk or ffmpeg fails.
    ProjectError
        If a part is a link, or its folder was not made by Phosphene.
    """
    score, parts = render.score, parts_of(render.score)
    fingerprint = render.fingerprint(render.project, score)
    files = [PartFile(render.target, fingerprint, number) for number in range(len(parts))]
    shows = screen is not None and screen.interpolates
    with disk_errors():
        check_folder(parts_folder(render.target))
        for file in files:
            file.require_intact()

    def frames(after: tuple[int, State] | None) -> Frames:
        begin = 0 if after is None else after[0] + 1
        with closing(_decoded(parts, files, score.height, score.width, begin)) as decoded:
            yield from with_pixels(decoded) if shows else decoded

    # "part": a render that is not in parts cannot resume from these states.
    job = FilmJob(
        partial(film_of, render, record, screen), render.target, {**about, "part": "all"},
        len(score), settings_of(render), frames,
    )  # fmt: skip
    seconds = make_film(job, None, False, on_progress)
    with suppress(OSError):
        remove_parts(files)
    return seconds


def _decoded(
    parts: list[Part], files: list[PartFile], height: int, width: int, begin: int
) -> Frames:
    """The frames of a film from its parts, starting at frame `begin`, with placeholder states."""
    owners = sorted((row, number) for number, part in enumerate(parts) for row in part.rows)
    state = {PICTURE: np.zeros((1, 3, height, width), np.float32)}
    with ExitStack() as stack:
        streams: dict[int, Generator[bytes]] = {}
        for row, number in owners:
            if number not in streams:
                stream = files[number].frames(3 * height * width)
                streams[number] = stack.enter_context(closing(stream))
            frame = next(streams[number], None)
            if frame is None:
                raise FilmError(
                    f"{files[number].path} has too few frames.",
                    "Remove it and run the same command again, which paints it again.",
                )
            if row == parts[number].rows[-1]:
                streams[number].close()
            if row >= begin:
                yield row, state, np.frombuffer(frame, np.uint8).reshape(height, width, 3)
