"""Which files may be replaced: films of our own, known by a mark in their metadata."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from phosphene.errors import FilmError, ProjectError
from phosphene.film.command import MARK
from phosphene.film.probe import probe

# ffmpeg writes no metadata to GIF: a comment extension before the trailer holds the mark.
GIF = (b"GIF87a", b"GIF89a")
TRAILER = b";"
COMMENT = b"\x21\xfe" + bytes([len(MARK)]) + MARK.encode() + b"\x00" + TRAILER


def stamp(film: Path) -> None:
    """Put the mark into a film that ffmpeg could not put it into."""
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
    """Check that a film may take the name of what is there.

    Raises
    ------
    ProjectError
        If that is not a plain file, or one that Phosphene did not make, without `force`.
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
            f"The output {film} is a device or a pipe; a film is a plain file.",
            "Name another with -o.",
        )
    if force:
        return
    try:
        ours = is_ours(film)
    except OSError as error:
        raise ProjectError(
            f"The output {film} is there already, and cannot be read: {error.strerror}.",
            "Name another with -o, or add --force to replace it.",
        ) from error
    if not ours:
        raise ProjectError(
            f"The output {film} is there already, and Phosphene did not make it.",
            "Name another with -o, or add --force to replace it.",
        )
