"""Folders whose files only Phosphene writes, in places that a stranger may have prepared.

A folder that comes with a downloaded project may hold links to anywhere. So a folder is used only
if it carries our mark, links are never followed, and only files with our own names are removed.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from phosphene import posix
from phosphene.errors import ProjectError

MARK = "made-by-phosphene"
TEXT = "What a stopped render continues from. Show it with `phosphene resume list`.\n"
LOCK = "lock"
ABOUT = "render.json"
#: The files of a render in progress, and the folders of those that were set aside.
STATE = re.compile(
    r"(render\.json|reserve|(picture|border-\d{7,})\.safetensors|segments\.(txt|json)|frames\.sums"
    r"|joined\.\w+|segment-\d{5,}(\.short|\.[0-9a-f]{8}\.part)?\.(mp4|rgb))(\.new)?",
    re.ASCII,
)
ASIDE = re.compile(r"aside-[0-9a-f]{12}", re.ASCII)


def make_folder(folder: Path) -> None:
    """Make a folder of our own, or check that one that is there is ours.

    Raises
    ------
    ProjectError
        If it is a link, has files but not our mark, or an entry with one of our names is not a
        plain file.
    """
    check_folder(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with os.fdopen(open_own(folder / MARK, os.O_WRONLY | os.O_CREAT), "wb") as file:
        file.write(TEXT.encode())


def check_folder(folder: Path) -> None:
    """Check that a folder is absent, empty or ours; see `make_folder`."""
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(found.st_mode):
        kind = "a symbolic link" if stat.S_ISLNK(found.st_mode) else "not a folder"
        raise ProjectError(
            f"{folder} is {kind}; Phosphene keeps there what a stopped render continues from.",
            "Remove or rename it, or name another output with -o.",
        )
    names = os.listdir(folder)
    if MARK not in names and set(names) - {LOCK}:
        raise ProjectError(
            f"{folder} was not made by Phosphene, which keeps there what a stopped render "
            "continues from.",
            "Move it elsewhere, or name another output with -o.",
        )
    for name in names:
        _check_entry(folder / name)


def _check_entry(path: Path) -> None:
    found = path.lstat()
    if ASIDE.fullmatch(path.name):
        right = stat.S_ISDIR(found.st_mode)
        if right:
            for inner in path.iterdir():
                _check_entry(inner)
    elif path.name in (MARK, LOCK) or STATE.fullmatch(path.name):
        right = stat.S_ISREG(found.st_mode) and found.st_nlink == 1
    else:
        return  # not ours: never written, never removed
    if not right:
        raise ProjectError(
            f"{path} is a link or not a plain file; Phosphene makes none like it.",
            f"Remove {path.parent}: what was painted there is lost.",
        )


def open_own(path: Path, flags: int) -> int:
    """Open a plain file of ours, as `os.open` does; a link is refused, not followed.

    Raises
    ------
    ProjectError
        If it is a link, has a second name, or is not a plain file.
    OSError
    """
    try:
        if path.is_symlink():  # also where the system has no O_NOFOLLOW
            raise OSError
        file = os.open(path, flags & ~os.O_TRUNC | posix.SAFELY, 0o644)
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
        f"{path} is a link or not a plain file, and is not opened.", f"Remove {path.parent}."
    )


def replace_own(path: Path, data: bytes) -> None:
    """Write a file of ours atomically: after a power cut it has its old content or the new one."""
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
    """The content of a file of ours, `limit` bytes of it at most."""
    with os.fdopen(open_own(path, os.O_RDONLY), "rb") as file:
        return file.read(limit)


def state_files(folder: Path) -> list[Path]:
    """Our files of a render in a folder, other than those that were set aside."""
    try:
        found = [Path(entry) for entry in os.scandir(folder) if not entry.is_dir()]
    except FileNotFoundError:
        return []
    return sorted(path for path in found if STATE.fullmatch(path.name))


def clear_own(folder: Path) -> None:
    """Remove our files of a render from a folder; what was set aside stays."""
    for path in state_files(folder):
        path.unlink(missing_ok=True)


def remove_if_bare(folder: Path) -> None:
    """Remove a folder in which nothing lies but our mark and the lock."""
    names = set(os.listdir(folder))
    if names <= {MARK, LOCK}:
        for name in names:
            (folder / name).unlink(missing_ok=True)
        folder.rmdir()
