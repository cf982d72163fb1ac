"""Files that a user named: there, not a folder, and not empty."""

import difflib
from pathlib import Path

from phosphene.errors import SongError


def require_file(path: Path, what: str = "song") -> None:
    """Refuse a path that is no file with something in it, and name the nearest one.

    Raises
    ------
    SongError
    """
    if path.is_dir():
        raise SongError(f"{path} is a folder, not a {what}", "Name one file in it.")
    if not path.exists():
        folder = path.parent
        names = [p.name for p in folder.iterdir()] if folder.is_dir() else []
        near = difflib.get_close_matches(path.name, names, n=1)
        hint = f"Did you mean {folder / near[0]}?" if near else "Check the path and the spelling."
        raise SongError(f"there is no {what} {path}", hint)
    if path.stat().st_size == 0:
        raise SongError(f"{path} is empty: 0 bytes", "Copy or export it again.")
