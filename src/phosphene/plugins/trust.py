"""Folders of plugin files that the user trusts, by their content: it is code that runs."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from phosphene.errors import ProjectError
from phosphene.plugins.plugin import NOT_TRUSTED, Plugin
from phosphene.plugins.settings import read_settings, write_settings
from phosphene.plugins.single_files import files_in, in_folders, no_file

BESIDE = "plugins"  # the folder beside a project
MOST = 10_000  # files in a folder that can be trusted
LARGEST = 1 << 30  # bytes, together


def folder_beside(project: Path) -> Path | None:
    """The folder of plugin files beside a project; None where there is no plugin file in it."""
    folder = project.resolve().parent / BESIDE
    return folder.resolve() if files_in(folder) else None


def contents(folder: Path) -> dict[str, str]:
    """A digest of everything in a folder and in the folders in it, by its path there.

    Raises
    ------
    ProjectError
        If that is too much to be read before every run, or something in it cannot be read.
    """
    digests: dict[str, str] = {}
    total = 0
    try:
        for path in _within(folder, set()):
            name = path.relative_to(folder).as_posix()
            if why := no_file(path):  # opening a pipe would wait for ever
                digests[name] = why
                continue
            total += path.stat().st_size
            if len(digests) >= MOST or total > LARGEST:
                raise ProjectError(
                    f"{folder} holds more than {MOST} files or {LARGEST >> 30} GiB",
                    "Keep large data elsewhere: all of a trusted folder is read before every run.",
                )
            with path.open("rb") as file:
                digests[name] = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ProjectError(f"{error.filename} cannot be read: {error.strerror}") from None
    return digests


def _within(folder: Path, seen: set[str]) -> Iterator[Path]:
    """What a folder holds, depth first, also where links lead; a folder that recurs only once."""
    seen.add(os.path.realpath(folder))
    for name in sorted(os.listdir(folder)):
        path = folder / name
        if not os.path.isdir(path):
            yield path
        elif os.path.realpath(path) not in seen:
            yield from _within(path, seen)


def changes(folder: Path, now: Mapping[str, str]) -> list[str] | None:
    """What differs in a folder from what the user trusted; None where that is nothing at all.

    Parameters
    ----------
    folder : Path
    now : mapping of str to str
        Its `contents`.

    Returns
    -------
    list of str or None
        Names of files that are new, changed or gone: empty where the folder is trusted as it is.
    """
    then = read_settings().trusted.get(str(folder.resolve()))
    if then is None:
        return None
    names = sorted(then.keys() | now.keys())
    return [name for name in names if then.get(name) != now.get(name)]


def trust(folder: Path, now: Mapping[str, str]) -> None:
    """Remember that the user trusts a folder with these contents."""
    settings = read_settings()
    settings.trusted[str(folder.resolve())] = dict(now)
    write_settings(settings)


def distrust(folder: Path) -> bool:
    """Forget that the user trusts a folder; whether they did."""
    settings = read_settings()
    had = settings.trusted.pop(str(folder.resolve()), None) is not None
    if had:
        write_settings(settings)
    return had


def untrusted(folder: Path, why: str) -> list[Plugin]:
    """The plugin files of a folder, left out as not trusted."""
    plugins = in_folders([folder])
    for plugin in plugins:
        fix = f"Read it; if you trust it: `phosphene plugins trust {folder}`"
        plugin.leave_out(NOT_TRUSTED, why, fix)
    return plugins
