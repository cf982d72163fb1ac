"""A lock on a folder for one render at a time; it is released when the process ends."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from phosphene import posix
from phosphene.errors import FilmError
from phosphene.own_files import LOCK as NAME
from phosphene.own_files import check_folder, open_own, remove_if_bare


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Lock a folder for this process, creating it if missing.

    Uses a lock of the operating system on a file with the process id, so a killed process leaves
    no stale lock.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    FilmError
        If another process holds it.
    ProjectError
        If the folder was not made by Phosphene.
    """
    file = _opened(folder / NAME)
    try:
        os.ftruncate(file, 0)
        os.write(file, str(os.getpid()).encode())
        yield
    finally:
        with contextlib.suppress(OSError):
            remove_if_bare(folder)
        os.close(file)


def _opened(path: Path) -> int:
    while True:
        check_folder(path.parent)
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            file = open_own(path, os.O_RDWR | os.O_CREAT)
            if not posix.lock(file):
                holder = os.read(file, 32).decode(errors="replace") or "unknown"
                os.close(file)
                raise FilmError(
                    f"Another render is writing this film (process {holder}; its state is in "
                    f"{path.parent}).",
                    "Wait until it is done, stop it, or name another output with -o.",
                )
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(file), path.stat()):
                    return file
            # The holder removed the folder and this file between our opening and locking it.
            os.close(file)
