"""Where Phosphene keeps what it can make again."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

#: Names another folder for the cache.
CACHE = "PHOSPHENE_CACHE"


def cache_folder() -> Path:
    """The cache of this user: the folder that `PHOSPHENE_CACHE` names, or the system's usual."""
    import platformdirs

    named = os.environ.get(CACHE)
    return Path(named).expanduser() if named else platformdirs.user_cache_path("phosphene")


def used_now(entry: Path) -> None:
    """Have an entry of a cache count as the one that was used last."""
    with suppress(OSError):
        os.utime(entry)


def trim(folder: Path, limit: int, newest: Path) -> None:
    """Remove whole entries of a cache, the longest unused first, until the rest fits.

    Parameters
    ----------
    folder : Path
        With a folder for each entry.
    limit : int
        Bytes.
    newest : Path
        The entry that stays in any case.
    """
    sizes = {entry: _size(entry) for entry in _entries(folder)}
    used = {entry: _last_used(entry) for entry in sizes}
    for entry in sorted(sizes, key=lambda entry: used[entry]):
        if sum(sizes.values()) <= limit:
            return
        if entry != newest:
            shutil.rmtree(entry, ignore_errors=True)
            del sizes[entry]


def _entries(folder: Path) -> list[Path]:
    try:
        return [entry for entry in folder.iterdir() if entry.is_dir()]
    except OSError:
        return []


def _last_used(entry: Path) -> float:
    try:
        return entry.stat().st_mtime
    except OSError:
        return 0.0


def _size(entry: Path) -> int:
    total = 0
    for file in entry.glob("*"):
        with suppress(OSError):  # another process has just removed it
            total += file.stat().st_size
    return total
