"""Checkpoints: the saved states from which painting resumes, and the settings of their render.

A state is a dict of named tensors or arrays: `picture`, the frame as floats, and all else that the
next frame depends on. The latest checkpoint is replaced every few seconds. Those at the borders of
segments are kept, so that a changed project can resume from where it changed; the older they are,
the fewer remain.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from phosphene.own_files import ABOUT, read_own, replace_own
from phosphene.painting.states import State

LATEST, RESERVE = "picture.safetensors", "reserve"
BORDERS = "border-*.safetensors"
PICTURE = "picture"
MAX_BORDERS = 64  # checkpoints at borders: 192 MiB at 512 x 512, for a song of any length


def save_latest(folder: Path, row: int, state: State) -> None:
    """Save the state after a frame as the latest checkpoint, atomically.

    Parameters
    ----------
    folder : Path
    row : int
        The frame's row in the Score.
    state : dict of str to Tensor or ndarray
        What the next frame depends on: `picture`, float32, shape (1, 3, height, width), and
        others.
    """
    replace_own(folder / LATEST, _packed(row, state))


def save_border(folder: Path, row: int, state: State) -> None:
    """Save the state after the last frame of a segment, which is kept; see `save_latest`.

    If there are more than `MAX_BORDERS`, every second one is removed.
    """
    replace_own(folder / f"border-{row:07d}.safetensors", _packed(row, state))
    borders = sorted(folder.glob(BORDERS))
    if len(borders) > MAX_BORDERS:
        for path in borders[:-1:2]:
            path.unlink()


def reserve(folder: Path, state: State) -> None:
    """Reserve the disk space of one state, so that the last one can be saved on a full disk."""
    replace_own(folder / RESERVE, bytes(len(_packed(0, state)) + 64))


def save_last(folder: Path, row: int, state: State) -> None:
    """Save the latest checkpoint in the reserved space; see `save_latest`."""
    (folder / RESERVE).unlink(missing_ok=True)
    save_latest(folder, row, state)


def rows(folder: Path) -> list[int]:
    """The rows of all readable checkpoints, the last one first."""
    readable = (_row(path) for path in [folder / LATEST, *folder.glob(BORDERS)])
    return sorted({row for row in readable if row is not None}, reverse=True)


def load(folder: Path, row: int) -> State:
    """Load the state of one of `rows`, as arrays; see `save_latest`."""
    saved = (_read(path) for path in [folder / LATEST, *folder.glob(BORDERS)])
    return next(state for own, state in filter(None, saved) if own == row)


def needed(folder: Path, row: int) -> list[str]:
    """The file names of the checkpoints up to a row."""
    paths = [folder / LATEST, *folder.glob(BORDERS)]
    return [path.name for path in paths if (own := _row(path)) is not None and own <= row]


def drop_after(folder: Path, row: int) -> None:
    """Remove the checkpoints after a row, and those that cannot be read."""
    for path in [*folder.glob(BORDERS), folder / LATEST]:
        own = _row(path)
        if own is None or own > row:
            path.unlink(missing_ok=True)


def describe(folder: Path, about: dict[str, Any]) -> None:
    """Write the description of a render as JSON; `described` reads it."""
    replace_own(folder / ABOUT, json.dumps(about, indent=1).encode())


def described(folder: Path) -> dict[str, Any] | None:
    """The description of the render in a folder; None if there is none."""
    try:
        about = json.loads(read_own(folder / ABOUT, 1 << 20))
    except (OSError, ValueError, RecursionError):
        return None
    return about if isinstance(about, dict) else None


def _packed(row: int, state: State) -> bytes:
    arrays = {name: _array(part) for name, part in state.items()}
    return save(arrays, {"row": str(row), "digest": _digest(arrays)})


def _array(part: Any) -> NDArray[Any]:
    """A tensor or an array as a contiguous array."""
    return np.asarray(part if isinstance(part, np.ndarray) else part.cpu(), order="C")


def _digest(state: State) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for name in sorted(state):
        # As in the checkpoints of earlier versions, which were of tensors.
        digest.update(f"{name} torch.{state[name].dtype} {state[name].shape}\n".encode())
        digest.update(state[name].tobytes())
    return digest.hexdigest()


def _row(path: Path) -> int | None:
    saved = _read(path)
    return saved and saved[0]


def _read(path: Path) -> tuple[int, State] | None:
    """Row and state; None if they are missing or damaged."""
    try:
        with safe_open(path, "np") as saved:
            about = saved.metadata()
            row = int(about["row"])
            state = {name: saved.get_tensor(name) for name in saved.keys()}  # noqa: SIM118
            if row < 0 or PICTURE not in state or _digest(state) != about["digest"]:
                return None
            return row, state
    except (OSError, SafetensorError, KeyError, ValueError, TypeError):
        return None
