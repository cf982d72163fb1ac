"""Paths in a project's folder: those the page may name, and those of the studio's own files."""

from __future__ import annotations

import os
import re
from pathlib import Path

from phosphene.errors import ProjectError

STUDIO = ".studio"
PICTURES = (".png", ".jpg", ".jpeg", ".webp")
# A name that is not UTF-8 has surrogates, which JSON cannot represent.
_PLAIN = re.compile(r"[^\\/:*?\"<>|\x00-\x1f\ud800-\udfff]+")


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
        Resolved: neither `..` nor a link can lead out of the folder.

    Raises
    ------
    ProjectError
        If it is outside the folder.
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
        If it is outside the folder.
    """
    resolved = path.resolve()
    if not resolved.is_relative_to(folder.resolve()):
        raise _outside(name)
    return resolved


def named(folder: Path, endings: tuple[str, ...]) -> list[str]:
    """The names of the files in a folder with one of some endings that `inside` allows, sorted."""
    names = [entry.name for entry in os.scandir(folder) if entry.is_file()]
    allowed = filter(_PLAIN.fullmatch, names)
    return sorted(name for name in allowed if name.lower().endswith(endings))


def own_folder(project: Path, *names: str) -> Path:
    """The studio's folder beside a project; created if missing.

    Takes and the list of jobs are kept in `.studio/NAME`, where NAME is the project file's.

    Raises
    ------
    ProjectError
        If it is a link, or cannot be created.
    """
    path = project.parent / STUDIO
    for name in ("", project.stem, *names):
        path = path / name if name else path
        if path.is_symlink():
            raise ProjectError(
                f"{path} is a link, which the studio does not follow.", f"Remove {path}."
            )
        try:
            path.mkdir(exist_ok=True)
        except OSError as error:
            raise ProjectError(
                f"{path} cannot be created: {error.strerror}",
                "The studio keeps takes there. Copy the project to a folder of your own.",
            ) from None
    return path


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file atomically: it has its old content or the new one, never a part.

    Raises
    ------
    ProjectError
        If it is a link or cannot be written.
    """
    if path.is_symlink():
        raise ProjectError(
            f"{path} is a link, which the studio does not write to.", "Open the file it points to."
        )
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
        f"{name!r} is not a file of the project's folder", "The studio only reads and writes there."
    )
