"""The cache folders, and what may be removed from them."""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path

#: Environment variable with another folder for the cache.
CACHE_VARIABLE = "PHOSPHENE_CACHE"
# Entries of the caches of songs and graphs, and their files; nothing else is removed.
_ENTRY = re.compile(r"[0-9a-f]{24}|[0-9a-f]{32}")
_FILE = re.compile(r"[0-9a-f]{32}\.(npz|npy|crc32)|tmp\w+\.part|graph\.(xml|bin)")


def cache_folder() -> Path:
    """The user's cache folder: that in `PHOSPHENE_CACHE`, or the system's default."""
    import platformdirs

    # Path.expanduser raises for an unknown user.
    named = os.path.expanduser(os.environ.get(CACHE_VARIABLE, ""))
    return Path(named or platformdirs.user_cache_dir("phosphene"))


def find_home() -> None:
    """Set a temporary home, removed when the process ends, for a user without one.

    Without a home, librosa, matplotlib and others raise errors.
    """
    if os.path.expanduser("~") == "~":
        os.environ["HOME"] = _temporary().name


def numba_folder() -> Path | None:
    """The folder for numba's compiled code; None if it can write beside the source.

    Only this user can write to it, because numba reads pickles from it. If numba finds no folder,
    neither librosa nor `phosphene.painting` can be imported.
    """
    librosa = find_spec("librosa")
    sources = [Path(__file__).parent]
    if librosa is not None and librosa.origin is not None:
        sources.append(Path(librosa.origin).parent)
    if all(os.access(folder, os.W_OK) for folder in sources):
        return None
    folder = cache_folder() / "numba"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            about = folder.stat()
            user = getattr(os, "getuid", lambda: about.st_uid)()
            ours = about.st_uid == user and not about.st_mode & 0o022
    except OSError:
        ours = False
    return folder if ours else Path(_temporary().name)


def touch(entry: Path) -> None:
    """Mark a cache entry as the most recently used."""
    with suppress(OSError):
        os.utime(entry)


def trim(folder: Path, limit: int, newest: Path) -> None:
    """Remove entries of a cache, the least recently used first, until the rest fits.

    Parameters
    ----------
    folder : Path
        Contains a folder for each entry. Other files and folders in it stay.
    limit : int
        Bytes.
    newest : Path
        An entry that stays in any case.
    """
    sizes = {entry: _size(entry) for entry in _entries(folder)}
    used = {entry: _last_used(entry) for entry in sizes}
    for entry in sorted(sizes, key=lambda entry: used[entry]):
        if sum(sizes.values()) <= limit:
            return
        if entry != newest:
            remove(entry)
            del sizes[entry]


def remove(entry: Path) -> None:
    """Remove a cache entry: the files that Phosphene wrote, and the folder if it is then empty."""
    for file in _files(entry):
        with suppress(OSError):
            file.unlink()
    with suppress(OSError):
        entry.rmdir()


def _entries(folder: Path) -> list[Path]:
    try:
        return [entry for entry in folder.iterdir() if _is_entry(entry)]
    except OSError:
        return []


def _is_entry(entry: Path) -> bool:
    return bool(_ENTRY.fullmatch(entry.name)) and entry.is_dir() and not entry.is_symlink()


def _files(entry: Path) -> list[Path]:
    try:
        return [file for file in entry.iterdir() if _FILE.fullmatch(file.name)]
    except OSError:
        return []


def _last_used(entry: Path) -> float:
    try:
        return entry.stat().st_mtime
    except OSError:
        return 0.0


def _size(entry: Path) -> int:
    total = 0
    for file in _files(entry):
        with suppress(OSError):  # another process removed it
            total += file.lstat().st_size
    return total


@cache
def _temporary() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="phosphene-home-")
