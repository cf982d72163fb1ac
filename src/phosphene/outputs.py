"""Writing a file that a user named."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from phosphene.errors import ProjectError

if TYPE_CHECKING:
    from phosphene.project.schema import Project


def files_of(source: Path, project: Project, plugins: Iterable[Path] = ()) -> list[Path]:
    """The files that a project is read from: itself, its song, beats, image, model and plugins.

    `plugins` are the folders of single files, beside the one at the project.
    """
    images = (scene.image for scene in project.scene)
    named = (project.song.file, project.song.beats, project.video.image, *images)
    folders = (source.parent / "plugins", *plugins, Path(project.model.name))
    inside = (path for folder in folders if folder.is_dir() for path in folder.rglob("*.*"))
    return [source, *(path for path in named if path is not None), *inside]


def require_outputs(outputs: dict[str, Path | None], inputs: Iterable[Path]) -> None:
    """Refuse an output that is an input, a folder, or another output, under whatever name.

    Parameters
    ----------
    outputs : dict of str to Path or None
        By the option that named them.
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
            raise ProjectError(f"{option} {output}: this is a folder", "Name a file in it.")
        for path in given:
            if _same(output, path):
                raise ProjectError(
                    f"{option} {output}: this is {path}, which is read here and would be lost",
                    "Name another file.",
                )
        for other, path in before.items():
            if _same(output, path):
                raise ProjectError(
                    f"{option} {output}: this is also the output of {other}", "Name another file."
                )
        before[option] = output


def _same(one: Path, other: Path) -> bool:
    try:
        return os.path.samefile(one, other)
    except OSError:  # one of them is not there
        return os.path.realpath(one) == os.path.realpath(other)


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
        If it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise ProjectError(
            f"{path} cannot be written: {error.strerror}", "Name another file or folder."
        ) from None
