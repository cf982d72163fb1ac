"""How alike the units of a song are, by timbre, harmony and rhythm."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phosphene.song.structure.views import Rows, Views

_WEIGHTS = {"timbre": 1.0, "harmony": 1.0, "rhythm": 0.5}


def similarity(views: Views) -> NDArray[np.float32]:
    """Compare every unit with every other.

    Returns
    -------
    ndarray, shape (n_units, n_units), float32
        0 to 1; symmetric, 1 on the diagonal.
    """
    total = sum(_WEIGHTS.values())
    return sum(  # type: ignore[return-value]
        np.float32(weight / total) * _kernel(getattr(views, name))
        for name, weight in _WEIGHTS.items()
    )


def _kernel(rows: Rows) -> NDArray[np.float32]:
    """A Gaussian of the distance of rows, as wide as their usual distance."""
    centred = rows - rows.mean(axis=0)
    squares = (centred**2).sum(axis=1)
    distances = np.maximum(squares[:, None] + squares - 2 * centred @ centred.T, 0.0)
    np.fill_diagonal(distances, 0.0)
    usual = float(distances.mean())
    if not usual > 0:
        return np.ones(distances.shape, np.float32)
    return np.exp(-distances / usual).astype(np.float32)
