"""How alike the units of a song are, by timbre, harmony and rhythm."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phosphene.song.structure.views import Rows, Views

_WEIGHTS = {"timbre": 0.5, "harmony": 0.25, "rhythm": 0.25}
_WIDTH = 0.5  # of the kernel, relative to the mean squared distance


def similarity(views: Views) -> NDArray[np.float32]:
    """Compare every unit with every other.

    Returns
    -------
    ndarray, shape (n_units, n_units), float32
        0 to 1; symmetric, 1 on the diagonal.
    """
    n = len(views.timbre)
    total = np.zeros((n, n), np.float32)
    for name, weight in _WEIGHTS.items():
        total += np.float32(weight) * _kernel(getattr(views, name))
    return total


def _kernel(rows: Rows) -> NDArray[np.float32]:
    centred = rows - rows.mean(axis=0)
    squares = (centred**2).sum(axis=1)
    distances = np.maximum(squares[:, None] + squares - 2 * centred @ centred.T, 0.0)
    np.fill_diagonal(distances, 0.0)
    usual = float(distances.mean())
    if not usual > 1e-12:
        return np.ones(distances.shape, np.float32)
    kernel: NDArray[np.float64] = np.exp(-distances / (_WIDTH * usual))
    return kernel.astype(np.float32)
