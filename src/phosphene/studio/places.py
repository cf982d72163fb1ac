"""Paths in a project's folder: those the page may name, and those of the studio's own files."""

from __future__ import annotations

import os
import re
from pathlib import Path

from phosphene.errors import ProjectError

STUDIO = ".studio"
PICTURES = (".png", ".jpg", ".jpeg", ".webp")
LISTED = 100  # pictures that the page offers
_PLAIN = re.compile(r"[^\\/:*?\"<>|\x00-\x1f]+")


def inside(folder: Path, name: str) -> Path:
    """The path of a file in a folder, from a name that the page sends.

    Parameters
    ----------
    folder : Path
    name : str
        Relative, with forward slashes.

    Returns
    -------
    Path
        Resolved: neither `..` nor a link leads out of the folder.

    Raises
    ------
    ProjectError
        If it lies outside.
    """
    parts = name.split("/")
    if not all(_PLAIN.fullmatch(part) for part in parts) or {".", ".."} & set(parts):
        raise _outside(name)
    return require_inside(folder, folder.joinpath(*parts), name)


def require_inside(folder: Path, path: Path, name: str) -> Path:
    """A path, resolved; `name` is what an error calls it.

    Raises
    ------
    ProjectError
        If it lies outside of the folder.
    """
    resolved = path.resolve()
    if not resolved.is_relative_to(folder.resolve()):
        raise _outside(name)
    return resolved


def pictures(folder: Path) -> list[str]:
    """The names of the pictures in a folder, sorted."""
    names = (entry.name for entry in os.scandir(folder))
    return sorted(name for name in names if name.lower().endswith(PICTURES))[:LISTED]


def own_folder(project: Path, *names: str) -> Path:
    """The studio's folder beside a project; created if missing.

    Takes and the list of jobs are kept in `.studio/NAME`, where NAME is the project file's.

    Raises
    ------
    ProjectError
        If it is a link, or lies outside of the project's folder.
    """
    path = project.parent / STUDIO
    for name in ("", project.stem, *names):
        path = path / name if name else path
        if path.is_symlink():
            raise ProjectError(f"{path} is a link, and is not followed.", f"Remove {path}.")
        path.mkdir(exist_ok=True)
    return path


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file atomically: it has its old content or the new one, never a part.

    Raises
    ------
    ProjectError
        If it is a link or cannot be written.
    """
    if path.is_symlink():
        raise ProjectError(f"{path} is a link, and is not written.", "Open the file it leads to.")
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with open(new, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            os.chmod(new, path.stat().st_mode & 0o777)
        os.replace(new, path)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise ProjectError(
            f"{path} cannot be written: {error.strerror}", "Check the disk."
        ) from None


def _outside(name: str) -> ProjectError:
    return ProjectError(
        f"{name!r} is not a file of the project's folder", "The studio reads and writes only there."
    )
