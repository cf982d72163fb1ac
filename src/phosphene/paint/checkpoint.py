"""Checkpoints: the pictures that the feedback can go on from, and what they belong to.

The latest one is replaced every few seconds. Those at the borders of segments stay, so that a
changed project can go on from where it changed; of many, the older ones are thinned out.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

LATEST, ABOUT, RESERVE = "picture.safetensors", "render.json", "reserve"
BORDERS = "border-*.safetensors"
MOST = 64  # borders kept: at 512 x 512, of 3 MiB each, 192 MiB however long the song


def save_latest(folder: Path, row: int, picture: torch.Tensor) -> None:
    """Save a painted frame in the place of the latest one, wholly or not at all.

    Parameters
    ----------
    folder : Path
    row : int
        The frame's row in the Score.
    picture : Tensor, float32, shape (1, 3, height, width)
    """
    _write(folder / LATEST, _packed(row, picture))


def save_border(folder: Path, row: int, picture: torch.Tensor) -> None:
    """Save the last frame of a segment, to stay; see `save_latest`.

    Of more than `MOST` every second one goes, the oldest first of all: the further back, the
    sparser.
    """
    _write(folder / f"border-{row:07d}.safetensors", _packed(row, picture))
    borders = sorted(folder.glob(BORDERS))
    if len(borders) > MOST:
        for path in borders[:-1:2]:
            path.unlink()


def reserve(folder: Path, width: int, height: int) -> None:
    """Take the space of a picture, so that a full disk still has some for the last one."""
    _write(folder / RESERVE, bytes(4 * 3 * width * height + 1024))


def save_last(folder: Path, row: int, picture: torch.Tensor) -> None:
    """Save the latest frame in the space that was reserved for it; see `save_latest`."""
    (folder / RESERVE).unlink(missing_ok=True)
    save_latest(folder, row, picture)


def rows(folder: Path) -> list[int]:
    """The rows of all frames that were saved and can be read, the last one first."""
    found = (_row(path) for path in [folder / LATEST, *folder.glob(BORDERS)])
    return sorted({row for row in found if row is not None}, reverse=True)


def load(folder: Path, row: int) -> torch.Tensor:
    """The saved frame of a row that `rows` names; float32, shape (1, 3, height, width)."""
    path = next(p for p in [folder / LATEST, *folder.glob(BORDERS)] if _row(p) == row)
    with safe_open(path, "pt") as saved:
        return saved.get_tensor("picture")


def drop_after(folder: Path, row: int) -> None:
    """Remove the frames that were saved after a row, and what can not be read."""
    for path in [*folder.glob(BORDERS), folder / LATEST]:
        own = _row(path)
        if own is None or own > row:
            path.unlink(missing_ok=True)


def describe(folder: Path, about: dict[str, Any]) -> None:
    """Write what a render is made of, as JSON; `described` reads it."""
    _write(folder / ABOUT, json.dumps(about, indent=1).encode())


def described(folder: Path) -> dict[str, Any] | None:
    """What the render that was begun in a folder is made of; None where none was."""
    try:
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return about if isinstance(about, dict) else None


def _packed(row: int, picture: torch.Tensor) -> bytes:
    return save({"picture": picture.contiguous().cpu()}, {"row": str(row)})


def _write(path: Path, data: bytes) -> None:
    new = path.with_name(f"{path.name}.new")
    try:
        with new.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())  # the name only once it is on the disk: the power may go
        os.replace(new, path)
    except OSError:
        new.unlink(missing_ok=True)  # on a full disk, every byte counts
        raise


def _row(path: Path) -> int | None:
    try:
        with safe_open(path, "pt") as saved:
            return int(saved.metadata()["row"])
    except (OSError, SafetensorError, KeyError, ValueError, TypeError):
        return None
