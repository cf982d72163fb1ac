"""Resampling on the CPU: compiled, and split over the cores by rows."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import cv2
import numba
import numpy as np
import torch
from numpy.typing import NDArray

from phosphene.painting.kernel import BEFORE, BEHIND, PHASES, TAPS, table

TABLE = table().numpy()
# Unsigned, or every index would be asked whether it counts from the end.
STEPS = np.uint64(TAPS)
NEXT = np.uint64(1)
LAST = np.uint64(PHASES - 1)
# Sums may be taken in any order, so that a row of taps is one vector; nothing else is loosened.
LOOSE = {"reassoc", "contract", "nsz"}


def resample(picture: NDArray[np.float32], back: NDArray[np.float64]) -> NDArray[np.float32]:
    """Read a picture at the places that a homography takes the pixels of a new one from.

    Parameters
    ----------
    picture : ndarray, float32, shape (channels, height, width)
    back : ndarray, shape (3, 3)
        Takes a pixel of the new picture to its place in the old one; beyond the outermost pixels'
        centres the old one is mirrored.

    Returns
    -------
    ndarray, float32, shape (channels, height, width)
        The same to the bit whatever the number of cores.
    """
    channels, height, width = picture.shape
    around = (BEFORE, BEHIND, BEFORE, BEHIND, cv2.BORDER_REFLECT_101)
    padded = np.stack([cv2.copyMakeBorder(channel, *around) for channel in picture])
    moved = np.empty((channels, height, width), np.float32)
    in_bands(height, lambda first, last: _rows(padded, back, TABLE, moved, first, last))
    return moved


def in_bands(height: int, work: Callable[[int, int], None]) -> None:
    """Call work(first, last) for bands of rows, on a thread for each core."""
    bands = np.linspace(0, height, torch.get_num_threads() + 1).astype(int)
    with ThreadPoolExecutor(len(bands) - 1) as pool:
        list(pool.map(work, bands[:-1], bands[1:]))


@numba.njit(nogil=True, cache=True, fastmath=LOOSE, error_model="numpy")
def _rows(padded, back, table, moved, first, last):  # type: ignore[no-untyped-def]
    channels, height, width = moved.shape
    across, down = np.empty(STEPS, np.float32), np.empty(STEPS, np.float32)
    for y in range(first, last):
        for x in range(width):
            depth = back[2, 0] * x + back[2, 1] * y + back[2, 2]
            from_x = _mirrored((back[0, 0] * x + back[0, 1] * y + back[0, 2]) / depth, width)
            from_y = _mirrored((back[1, 0] * x + back[1, 1] * y + back[1, 2]) / depth, height)
            left, top = np.uint64(from_x), np.uint64(from_y)
            _weights(from_x - np.float64(left), table, across)
            _weights(from_y - np.float64(top), table, down)
            for channel in range(np.uint64(channels)):
                total = np.float32(0.0)
                for j in range(STEPS):
                    row = np.float32(0.0)
                    for i in range(STEPS):
                        row += across[i] * padded[channel, top + j, left + i]
                    total += down[j] * row
                moved[channel, y, x] = total


@numba.njit(inline="always")
def _mirrored(place, length):  # type: ignore[no-untyped-def]
    period = 2.0 * (length - 1)
    inside = abs(place - period * np.floor(place / period + 0.5))
    # On the horizon there is no place: a comparison with it is false.
    return inside if inside <= length - 1 else 0.0


@numba.njit(inline="always")
def _weights(phase, table, into):  # type: ignore[no-untyped-def]
    place = phase * (len(table) - 1)
    before = min(np.uint64(place), LAST)
    share = np.float32(place - np.float64(before))
    for i in range(STEPS):
        into[i] = table[before, i] + share * (table[before + NEXT, i] - table[before, i])
