"""Checks that a user's file is a readable regular file of a sane size."""

from __future__ import annotations

import difflib
import os
import stat
from itertools import islice
from pathlib import Path

from phosphene.errors import PhospheneError, SongError

#: Size limit of text files in bytes: projects and beats.
TEXT = 1 << 24
#: Size limit of image files in bytes.
IMAGE = 1 << 28
_NEIGHBOURS = 2000  # maximum number of file names compared with a missing one


def require_file(
    path: Path,
    what: str = "song",
    most: int | None = None,
    error: type[PhospheneError] = SongError,
) -> None:
    """Refuse a path that is not a readable, regular file, or is empty or too large.

    The file is not opened: opening a FIFO blocks, and some devices never end.

    Parameters
    ----------
    path : Path
    what : str
        What the file is expected to be, for the message.
    most : int, optional
        Size limit in bytes.
    error : type
        Raised as ``error(message, fix)``.
    """
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise error(f"{path}: no such {what}", _nearest(path)) from None
    except OSError as problem:
        raise error(f"{path} cannot be read: {problem.strerror}") from None
    except ValueError:  # a null character, or one that file names cannot have
        raise error(f"{str(path)!r} cannot be the name of a file") from None
    if stat.S_ISDIR(found.st_mode):
        raise error(f"{path} is a folder, not a {what}", "Choose a file in it.")
    if not stat.S_ISREG(found.st_mode):
        kind = _KINDS.get(stat.S_IFMT(found.st_mode), "special file")
        raise error(f"{path} is a {kind}, not a {what}", "Choose a regular file.")
    if not os.access(path, os.R_OK):
        raise error(f"{path} cannot be read: permission denied", "Change its permissions.")
    if found.st_size == 0:
        raise error(f"{path} is empty: 0 bytes", "Copy or export it again.")
    if most is not None and found.st_size > most:
        raise error(
            f"{path} is {found.st_size / 1e6:.0f} MB; a {what} can be at most {most / 1e6:.0f} MB",
            f"Check that it is a {what}.",
        )


_KINDS = {
    stat.S_IFIFO: "named pipe",
    stat.S_IFSOCK: "socket",
    stat.S_IFCHR: "device",
    stat.S_IFBLK: "device",
}


def _nearest(path: Path) -> str:
    try:
        names = [entry.name for entry in islice(path.parent.iterdir(), _NEIGHBOURS)]
    except OSError:
        names = []
    near = difflib.get_close_matches(path.name, names, n=1)
    return f"Did you mean {path.parent / near[0]}?" if near else "Check the path and the spelling."
