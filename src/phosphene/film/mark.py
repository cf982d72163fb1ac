"""Recognises Phosphene's own films by their metadata, so that only these are replaced."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from phosphene.errors import FilmError, ProjectError
from phosphene.film.ffmpeg import MARK
from phosphene.film.probe import probe

# ffmpeg writes no metadata to GIF, so the mark is a comment extension before the trailer.
GIF = (b"GIF87a", b"GIF89a")
TRAILER = b";"
COMMENT = b"\x21\xfe" + bytes([len(MARK)]) + MARK.encode() + b"\x00" + TRAILER


def stamp(film: Path) -> None:
    """Add the mark to a GIF, for which ffmpeg does not write it."""
    with film.open("r+b") as file:
        if file.read(6) in GIF:
            file.seek(-1, os.SEEK_END)
            if file.read(1) == TRAILER:
                file.seek(-1, os.SEEK_END)
                file.write(COMMENT)


def is_ours(film: Path) -> bool:
    """Whether Phosphene made a file."""
    with film.open("rb") as file:
        if file.read(6) in GIF:
            file.seek(max(0, film.stat().st_size - len(COMMENT)))
            return file.read() == COMMENT
    try:
        return probe(film).comment == MARK
    except FilmError:
        return False


def require_replaceable(film: Path, force: bool) -> None:
    """Check that a film may replace the existing file.

    Raises
    ------
    ProjectError
        If it is not a plain file, or was not made by Phosphene and `force` is not set.
    """
    try:
        found = film.stat()
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise ProjectError(
            f"The output {film} cannot be read: {error.strerror}.", "Name another with -o."
        ) from error
    if stat.S_ISDIR(found.st_mode):
        raise ProjectError(f"The output {film} is a folder.", "Name a file in it.")
    if not stat.S_ISREG(found.st_mode):
        raise ProjectError(
            f"The output {film} is a device or a pipe, not a regular file.",
            "Name another with -o.",
        )
    if force:
        return
    try:
        ours = is_ours(film)
    except OSError as error:
        raise ProjectError(
            f"The output {film} already exists and cannot be read: {error.strerror}.",
            "Name another with -o, or add --force to replace it.",
        ) from error
    if not ours:
        raise ProjectError(
            f"The output {film} already exists and was not made by Phosphene.",
            "Name another with -o, or add --force to replace it.",
        )
