"""Renders tracker modules with libopenmpt: their samples, the times of rows, and their notes."""

from __future__ import annotations

import ctypes
import ctypes.util
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE = 44100
_BLOCK = 220  # frames rendered at a time: rows are located within 5 ms
_LONGEST = 600.0  # seconds; longer modules are cut


@dataclass(frozen=True, eq=False)
class Performance:
    """A rendered module.

    Parameters
    ----------
    samples : ndarray, shape (n,), float32
        Mono, at `RATE`.
    visits : list of (float, int, int)
        Seconds, order and pattern, wherever another order begins.
    notes : dict of int to ndarray, shape (n_rows, n_channels, 2)
        Note (0: none) and instrument of every cell, by pattern.
    """

    samples: NDArray[np.float32]
    visits: list[tuple[float, int, int]]
    notes: dict[int, NDArray[np.uint8]]


def library(path: str = "") -> Any:
    """Load libopenmpt from `path`, or else from the system.

    Raises
    ------
    FileNotFoundError
        If it is not installed.
    """
    name = path or ctypes.util.find_library("openmpt")
    if not name:
        raise FileNotFoundError("libopenmpt: apt-get install libopenmpt0, or pass its path")
    lib = ctypes.CDLL(name)
    handle, integer = ctypes.c_void_p, ctypes.c_int32
    lib.openmpt_module_create_from_memory.restype = handle
    lib.openmpt_module_create_from_memory.argtypes = [
        ctypes.c_char_p, ctypes.c_size_t, handle, handle, handle,
    ]  # fmt: skip
    for name in ("get_current_order", "get_current_pattern", "get_num_channels"):
        getattr(lib, f"openmpt_module_{name}").restype = integer
        getattr(lib, f"openmpt_module_{name}").argtypes = [handle]
    lib.openmpt_module_get_pattern_num_rows.argtypes = [handle, integer]
    lib.openmpt_module_get_pattern_row_channel_command.restype = ctypes.c_uint8
    lib.openmpt_module_get_pattern_row_channel_command.argtypes = [handle, *[integer] * 4]
    lib.openmpt_module_read_stereo.restype = ctypes.c_size_t
    lib.openmpt_module_read_stereo.argtypes = [handle, integer, ctypes.c_size_t, handle, handle]
    lib.openmpt_module_destroy.argtypes = [handle]
    return lib


def play(path: Path, lib: Any) -> Performance:
    """Render a module once, without its repeats.

    Raises
    ------
    ValueError
        If libopenmpt cannot read it.
    """
    data = path.read_bytes()
    module = lib.openmpt_module_create_from_memory(data, len(data), None, None, None)
    if not module:
        raise ValueError(f"{path} is not a module")
    left, right = (np.zeros(_BLOCK, np.int16) for _ in range(2))
    pieces, visits, frames, seen = [], [], 0, -1
    while frames < _LONGEST * RATE:
        order = lib.openmpt_module_get_current_order(module)
        if order != seen:
            visits.append((frames / RATE, order, lib.openmpt_module_get_current_pattern(module)))
            seen = order
        count = lib.openmpt_module_read_stereo(
            module, RATE, _BLOCK, left.ctypes.data, right.ctypes.data
        )
        if not count:
            break
        pieces.append((left[:count].astype(np.float32) + right[:count]) / 65536)
        frames += count
    notes = {pattern: _notes(module, pattern, lib) for pattern in {visit[2] for visit in visits}}
    lib.openmpt_module_destroy(module)
    return Performance(np.concatenate(pieces), visits, notes)


def _notes(module: Any, pattern: int, lib: Any) -> NDArray[np.uint8]:
    rows = lib.openmpt_module_get_pattern_num_rows(module, pattern)
    channels = lib.openmpt_module_get_num_channels(module)
    cell = lib.openmpt_module_get_pattern_row_channel_command
    table = [
        [[cell(module, pattern, r, c, command) for command in (0, 1)] for c in range(channels)]
        for r in range(rows)
    ]
    return np.array(table, np.uint8).reshape(rows, channels, 2)
