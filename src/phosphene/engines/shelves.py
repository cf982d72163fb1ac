"""Shelves in the user's cache for what engines prepare, such as the embeddings of prompts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from phosphene.folders import cache_folder, touch, trim
from phosphene.song.store.cache import Arrays, Shelf

LIMIT = 1 << 26  # bytes of each kind


def shelf_of(kind: str, key: str) -> Shelf:
    """The shelf of a kind for a key; the least recently used ones are removed.

    Parameters
    ----------
    kind : str
        Name of its folder in the cache.
    key : str
        Everything that the arrays depend on.
    """
    folder = cache_folder() / kind / hashlib.blake2b(key.encode(), digest_size=16).hexdigest()
    touch(folder)
    trim(folder.parent, LIMIT, folder)
    return Shelf(folder)


def kept(shelf: Shelf, name: str, work: Callable[[], Arrays]) -> Arrays:
    """The arrays of a name, from a shelf or else from `work`, and then stored there."""
    found = shelf.read(name)
    if found is None:
        found = work()
        shelf.write(name, found)
    return found


def content_of(folder: Path) -> str:
    """The names and digests of all files in a folder."""
    lines = []
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            with file.open("rb") as content:
                digest = hashlib.file_digest(content, "sha256").hexdigest()
            lines.append(f"{file.relative_to(folder).as_posix()} {digest}")
    return "\n".join(lines)
