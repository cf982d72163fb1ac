"""Checkpoints: the states that painting can continue from, and what they belong to.

A state is a dict of named tensors: `picture`, the frame as floats, and whatever else the next
frame depends on. The latest state is replaced every few seconds. Those at the borders of segments
stay, so that a changed project can continue from where it changed; the older they are, the fewer
are kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from phosphene.own_files import ABOUT, read_own, replace_own

LATEST, RESERVE = "picture.safetensors", "reserve"
BORDERS = "border-*.safetensors"
PICTURE = "picture"
State = Mapping[str, torch.Tensor]
MOST = 64  # borders kept: at 512 x 512, of 3 MiB each, 192 MiB however long the song


def save_latest(folder: Path, row: int, state: State) -> None:
    """Save the state after a frame in place of the latest one, atomically.

    Parameters
    ----------
    folder : Path
    row : int
        The frame's row in the Score.
    state : dict of str to Tensor
        What the next frame depends on: `picture`, float32, shape (1, 3, height, width), and any
        others.
    """
    replace_own(folder / LATEST, _packed(row, state))


def save_border(folder: Path, row: int, state: State) -> None:
    """Save the state after the last frame of a segment; it stays. See `save_latest`.

    Beyond `MOST` of them, every second one is removed.
    """
    replace_own(folder / f"border-{row:07d}.safetensors", _packed(row, state))
    borders = sorted(folder.glob(BORDERS))
    if len(borders) > MOST:
        for path in borders[:-1:2]:
            path.unlink()


def reserve(folder: Path, state: State) -> None:
    """Take the space of a state like this one, so that a full disk has room for the last one."""
    replace_own(folder / RESERVE, bytes(len(_packed(0, state)) + 64))


def save_last(folder: Path, row: int, state: State) -> None:
    """Save the latest state in the space that was reserved for it; see `save_latest`."""
    (folder / RESERVE).unlink(missing_ok=True)
    save_latest(folder, row, state)


def rows(folder: Path) -> list[int]:
    """The rows of all states that were saved and can be read, the last one first."""
    found = (_row(path) for path in [folder / LATEST, *folder.glob(BORDERS)])
    return sorted({row for row in found if row is not None}, reverse=True)


def load(folder: Path, row: int) -> State:
    """The saved state of a row that `rows` names, on the CPU; see `save_latest`."""
    found = (_read(path) for path in [folder / LATEST, *folder.glob(BORDERS)])
    return next(state for own, state in filter(None, found) if own == row)


def needed(folder: Path, row: int) -> list[str]:
    """The names of the saved states up to a row."""
    paths = [folder / LATEST, *folder.glob(BORDERS)]
    return [path.name for path in paths if (own := _row(path)) is not None and own <= row]


def drop_after(folder: Path, row: int) -> None:
    """Remove the states that were saved after a row, and those that cannot be read."""
    for path in [*folder.glob(BORDERS), folder / LATEST]:
        own = _row(path)
        if own is None or own > row:
            path.unlink(missing_ok=True)


def describe(folder: Path, about: dict[str, Any]) -> None:
    """Write what a render is made of, as JSON; `described` reads it."""
    replace_own(folder / ABOUT, json.dumps(about, indent=1).encode())


def described(folder: Path) -> dict[str, Any] | None:
    """What the render that was begun in a folder is made of; None where none was."""
    try:
        about = json.loads(read_own(folder / ABOUT, 1 << 20))
    except (OSError, ValueError, RecursionError):
        return None
    return about if isinstance(about, dict) else None


def _packed(row: int, state: State) -> bytes:
    whole = {name: part.cpu().contiguous() for name, part in state.items()}
    return save(whole, {"row": str(row), "digest": _digest(whole)})


def _digest(state: State) -> str:
    whole = hashlib.blake2b(digest_size=16)
    for name in sorted(state):
        whole.update(f"{name} {state[name].dtype} {tuple(state[name].shape)}\n".encode())
        whole.update(state[name].flatten().view(torch.uint8).numpy().data)
    return whole.hexdigest()


def _row(path: Path) -> int | None:
    found = _read(path)
    return found and found[0]


def _read(path: Path) -> tuple[int, State] | None:
    """Row and state; None where they are absent or damaged."""
    try:
        with safe_open(path, "pt") as saved:
            about = saved.metadata()
            row = int(about["row"])
            state = {name: saved.get_tensor(name) for name in saved.keys()}  # noqa: SIM118
            if row < 0 or PICTURE not in state or _digest(state) != about["digest"]:
                return None
            return row, state
    except (OSError, SafetensorError, KeyError, ValueError, TypeError):
        return None
