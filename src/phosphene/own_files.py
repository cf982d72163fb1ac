"""Folders whose files only Phosphene writes, in places that a stranger may have prepared.

A folder that comes with a downloaded project may contain links to anywhere. So a folder is used
only if it has Phosphene's mark, links are never followed, only files with Phosphene's own names are
removed, and one process at a time works in it.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import lock_descriptor

from phosphene.errors import FilmError, ProjectError

MARK = "made-by-phosphene"
TEXT = "The state of a stopped render. Show it with `phosphene resume list`.\n"
LOCK = "lock"
ABOUT = "render.json"
#: The files of an unfinished render.
STATE = re.compile(
    r"(render\.json|reserve|(picture|border-\d{7,})\.safetensors|segments\.(txt|json)"
    r"|metadata\.txt|part-\d{3,}-[0-9a-f]{12}\.(mp4|json)|frames\.sums|joined\.\w+|segment-\d{5,}(\.short|\.[0-9a-f]{8}\.part)?\.(mp4|rgb))(\.new)?",
    re.ASCII,
)
#: The folders of renders that were set aside.
ASIDE = re.compile(r"aside-[0-9a-f]{12}", re.ASCII)
#: Flags for `os.open`, where the system has them: do not follow a link, do not wait for a FIFO.
SAFELY = (
    getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


def make_folder(folder: Path) -> None:
    """Create a folder with Phosphene's mark, or check that an existing one has it.

    Raises
    ------
    ProjectError
        If it is a link, contains files but no mark, or an entry with one of Phosphene's names is
        not a regular file.
    """
    check_folder(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with os.fdopen(open_own(folder / MARK, os.O_WRONLY | os.O_CREAT), "wb") as file:
        file.write(TEXT.encode())


def check_folder(folder: Path) -> None:
    """Check that a folder is absent, empty or Phosphene's; see `make_folder`."""
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(found.st_mode):
        kind = "a symbolic link" if stat.S_ISLNK(found.st_mode) else "not a folder"
        raise ProjectError(
            f"{folder} is {kind}; Phosphene keeps the state of unfinished renders there.",
            "Remove or rename it, or name another output with -o.",
        )
    names = os.listdir(folder)
    if MARK not in names and set(names) - {LOCK}:
        raise ProjectError(
            f"{folder} was not made by Phosphene, which keeps the state of unfinished renders "
            "there.",
            "Move it elsewhere, or name another output with -o.",
        )
    for name in names:
        _check_entry(folder / name)


def _check_entry(path: Path) -> None:
    found = path.lstat()
    if ASIDE.fullmatch(path.name):
        valid = stat.S_ISDIR(found.st_mode)
        if valid:
            for inner in path.iterdir():
                _check_entry(inner)
    elif path.name in (MARK, LOCK) or STATE.fullmatch(path.name):
        valid = stat.S_ISREG(found.st_mode) and found.st_nlink == 1
    else:
        return  # not Phosphene's: never written, never removed
    if not valid:
        raise ProjectError(
            f"{path} is a link or not a plain file; Phosphene does not make such entries.",
            f"Remove {path.parent}: the frames painted there are lost.",
        )


def open_own(path: Path, flags: int) -> int:
    """Open a regular file of Phosphene's, as `os.open` does; a link is refused, not followed.

    Raises
    ------
    ProjectError
        If it is a link, has a second name, or is not a regular file.
    OSError
    """
    try:
        if path.is_symlink():  # also where the system has no O_NOFOLLOW
            raise OSError
        file = os.open(path, flags & ~os.O_TRUNC | SAFELY, 0o644)
    except OSError:
        if path.is_symlink():
            raise _not_plain(path) from None
        raise
    found = os.fstat(file)
    if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
        os.close(file)
        raise _not_plain(path)
    if flags & os.O_TRUNC:
        os.ftruncate(file, 0)
    return file


def _not_plain(path: Path) -> ProjectError:
    return ProjectError(
        f"{path} is a link or not a plain file, and was not opened.", f"Remove {path.parent}."
    )


def replace_own(path: Path, data: bytes) -> None:
    """Write a file atomically: after a power failure it has its old content or the new one."""
    new = path.with_name(f"{path.name}.new")
    try:
        new.unlink(missing_ok=True)
        with os.fdopen(open_own(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, path)
    except OSError:
        new.unlink(missing_ok=True)  # on a full disk, every byte counts
        raise


def read_own(path: Path, limit: int) -> bytes:
    """Read at most `limit` bytes of a file."""
    with os.fdopen(open_own(path, os.O_RDONLY), "rb") as file:
        return file.read(limit)


def state_files(folder: Path) -> list[Path]:
    """The files of a render in a folder, without those that were set aside."""
    try:
        found = [Path(entry) for entry in os.scandir(folder) if not entry.is_dir()]
    except FileNotFoundError:
        return []
    return sorted(path for path in found if STATE.fullmatch(path.name))


def clear_own(folder: Path) -> None:
    """Remove the files of a render from a folder; those that were set aside stay."""
    for path in state_files(folder):
        path.unlink(missing_ok=True)


def remove_if_bare(folder: Path) -> None:
    """Remove a folder that contains nothing but the mark and the lock."""
    names = os.listdir(folder)
    if {MARK, LOCK}.issuperset(names):
        for name in sorted(names):  # the lock first: Windows refuses if another process holds it
            (folder / name).unlink(missing_ok=True)
        folder.rmdir()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Lock a folder for this process, creating it if missing.

    The lock is one of the operating system, on a file with the process id: it is released when the
    process is killed.

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
    file = _lock(folder / LOCK)
    try:
        os.ftruncate(file, 0)
        # On Windows the first byte is locked, and no other process can read it.
        os.write(file, f" {os.getpid()}".encode())
        yield
    finally:
        if os.name == "nt":  # where neither an open file nor another render's can be removed
            os.close(file)
        with suppress(OSError):
            remove_if_bare(folder)
        if os.name != "nt":
            os.close(file)


def _lock(path: Path) -> int:
    while True:
        check_folder(path.parent)
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            # Opened here, and not by FileLock, which accepts a file with a second name.
            file = open_own(path, os.O_RDWR | os.O_CREAT)
            if not lock_descriptor(file, blocking=False):
                os.lseek(file, 1, os.SEEK_SET)
                holder = os.read(file, 32).decode(errors="replace") or "unknown"
                os.close(file)
                raise FilmError(
                    f"Another render is writing this film (process {holder}; its state is in "
                    f"{path.parent}).",
                    "Wait until it is done, stop it, or name another output with -o.",
                )
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(file), path.stat()):
                    return file
            # The holder removed the folder and this file between our opening and locking it.
            os.close(file)
