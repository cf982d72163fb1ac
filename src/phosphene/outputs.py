"""Checking and writing the output files that a user names."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from itertools import count
from pathlib import Path

from phosphene.errors import ProjectError


def require_outputs(outputs: dict[str, Path | None], inputs: Iterable[Path]) -> None:
    """Refuse an output that is an input, a folder, or another output, under any name.

    Parameters
    ----------
    outputs : dict of str to Path or None
        By the option that names them.
    inputs : iterable of Path

    Raises
    ------
    ProjectError
    """
    given, before = list(inputs), dict[str, Path]()
    for option, output in outputs.items():
        if output is None:
            continue
        if output.is_dir():
            raise ProjectError(f"{option} {output} is a folder", "Name a file in it.")
        for path in given:
            if _same(output, path):
                raise ProjectError(
                    f"{option} {output} is the input {path}, and would overwrite it",
                    "Name another file.",
                )
        for other, path in before.items():
            if _same(output, path):
                raise ProjectError(
                    f"{option} {output} is also the output of {other}", "Name another file."
                )
        before[option] = output


def _same(one: Path, other: Path) -> bool:
    try:
        return os.path.samefile(one, other)
    except OSError:  # one of them does not exist
        return os.path.realpath(one) == os.path.realpath(other)


def write_text(path: Path, text: str) -> None:
    """Write a text file in UTF-8; see `write_bytes`.

    Raises
    ------
    ProjectError
        If the text contains a file name that is not UTF-8.
    """
    try:
        content = text.encode(errors="surrogateescape")
        content.decode()
    except UnicodeError:
        raise ProjectError(
            f"{path} cannot be written: it would contain a file name that is not UTF-8",
            "Rename that file.",
        ) from None
    write_bytes(path, content)


def keep_project(text: str, path: Path) -> Path:
    """Write a project, or find the same one; a file with another text is never replaced.

    Returns
    -------
    Path
        `path`, or the first of `NAME-2.toml`, `NAME-3.toml` ... that is free or has this text.
    """
    for number in count(2):
        if not os.path.lexists(path):
            write_text(path, text)
            return path
        with suppress(OSError, UnicodeDecodeError):
            if path.read_text(encoding="utf-8") == text:
                return path
        stem = path.stem if number == 2 else path.stem.rpartition("-")[0]
        path = path.with_name(f"{stem}-{number}{path.suffix}")
    raise AssertionError


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file, creating its folder if it is missing.

    Raises
    ------
    ProjectError
        If it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise ProjectError(
            f"{path} cannot be written: {error.strerror}", "Name another file or folder."
        ) from None
