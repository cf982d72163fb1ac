"""The checkpoint: the picture that the feedback goes on from, and what it belongs to."""

from __future__ import annotations

import json
import os
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

PICTURE, ABOUT = "picture.safetensors", "render.json"


def save(folder: Path, row: int, picture: torch.Tensor) -> None:
    """Save a painted frame, wholly or not at all.

    Parameters
    ----------
    folder : Path
    row : int
        The frame's row in the Score.
    picture : Tensor, float32, shape (1, 3, height, width)
    """
    new = folder / f"{PICTURE}.new"
    save_file({"picture": picture.contiguous().cpu()}, new, {"row": str(row)})
    os.replace(new, folder / PICTURE)


def load(folder: Path) -> tuple[int, torch.Tensor] | None:
    """The frame that was saved last, and its row; None where there is none."""
    try:
        with safe_open(folder / PICTURE, "pt") as saved:
            return int(saved.metadata()["row"]), saved.get_tensor("picture")
    except (OSError, SafetensorError, KeyError, ValueError):
        return None


def describe(folder: Path, about: dict[str, str]) -> None:
    """Write what a render is made of; see `changes`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ABOUT).write_text(json.dumps(about, indent=1), encoding="utf-8")


def changes(folder: Path, about: dict[str, str]) -> list[str] | None:
    """What differs from the render that was begun in a folder.

    Parameters
    ----------
    folder : Path
    about : dict of str to str
        A name and a digest for each thing that the frames depend on.

    Returns
    -------
    list of str, or None
        Names; empty where it can go on, None where none was begun.
    """
    try:
        begun = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return sorted(
        name for name in about.keys() | begun.keys() if about.get(name) != begun.get(name)
    )
