"""One render at a time writes to a folder; the lock goes with its process, kill -9 too."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from phosphene.errors import FilmError

NAME = "lock"


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder, made if missing, for this process alone.

    The system's own lock (flock) on a file that says whose it is: a process that is killed holds
    none, so that no lock is ever stale.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    FilmError
        If another process holds it.
    """
    file = _opened(folder / NAME)
    try:
        os.ftruncate(file, 0)
        os.write(file, str(os.getpid()).encode())
        yield
    finally:
        with contextlib.suppress(OSError):
            if os.listdir(folder) == [NAME]:  # nothing came of it
                shutil.rmtree(folder)
        os.close(file)


def _opened(path: Path) -> int:
    while True:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(file), path.stat()):
                return file
        except BlockingIOError:
            holder = os.pread(file, 32, 0).decode(errors="replace") or "unknown"
            os.close(file)
            raise FilmError(
                f"Another render is writing this film (process {holder}; its state is in "
                f"{path.parent}).",
                "Wait until it is done, stop it, or name another output with -o.",
            ) from None
        except FileNotFoundError:
            pass
        # The holder removed the folder, with this file, between our opening and our locking it.
        os.close(file)
