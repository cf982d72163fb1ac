"""Writing a file that a user named."""

from __future__ import annotations

from pathlib import Path

from phosphene.errors import ProjectError


def write_text(path: Path, text: str) -> None:
    """Write a text file in UTF-8; see `write_bytes`.

    Raises
    ------
    ProjectError
        If it names a file whose name is not UTF-8.
    """
    try:
        content = text.encode(errors="surrogateescape")
        content.decode()
    except UnicodeError:
        raise ProjectError(
            f"{path} cannot be written: a file that it names has a name that is not UTF-8",
            "Rename that file.",
        ) from None
    write_bytes(path, content)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file, and its folder where that is missing.

    Raises
    ------
    ProjectError
        If it can not be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise ProjectError(
            f"{path} can not be written: {error.strerror}", "Name another file or folder."
        ) from None
