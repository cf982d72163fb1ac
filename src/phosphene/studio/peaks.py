"""The waveform at several resolutions, so that the page draws as many columns as it has pixels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FINEST = 64  # samples in a bucket of the finest level: 3 ms
FACTOR = 4  # buckets of a level in one of the next
FEWEST = 1500  # buckets; a coarser level would be of no use

Levels = list[NDArray[np.int8]]


def peaks(samples: NDArray[np.float32]) -> Levels:
    """The extremes and the RMS of the samples in buckets, at several resolutions.

    Parameters
    ----------
    samples : ndarray, shape (n,), float32

    Returns
    -------
    list of ndarray, shape (n_buckets, 3), int8
        Lowest, highest and RMS of `FINEST` samples in the first level, and of `FACTOR` times as
        many in each further one; 127 is the largest sample of the song.
    """
    count = max(1, -(-len(samples) // FINEST))
    padded = np.zeros((count, FINEST), np.float32)
    padded.reshape(-1)[: len(samples)] = samples
    low, high = padded.min(axis=1), padded.max(axis=1)
    power = np.mean(np.square(padded), axis=1)
    scale = 127.0 / max(float(np.max(np.abs([low, high]))), 1e-6)
    levels = [_level(low, high, power, scale)]
    while len(low) > FEWEST:
        starts = np.arange(0, len(low), FACTOR)
        lengths = np.diff(np.append(starts, len(low)))
        low, high = np.minimum.reduceat(low, starts), np.maximum.reduceat(high, starts)
        power = np.add.reduceat(power, starts) / lengths
        levels.append(_level(low, high, power, scale))
    return levels


def _level(
    low: NDArray[Any], high: NDArray[Any], power: NDArray[Any], scale: float
) -> NDArray[np.int8]:
    columns = np.stack([low, high, np.sqrt(power)], axis=1) * scale
    return np.clip(np.rint(columns), -127, 127).astype(np.int8)
