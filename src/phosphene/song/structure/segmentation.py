"""Boundaries of sections: the division of a song that makes each section most alike in itself.

A dynamic program after Marmoret, Cohen and Bimbot, "Barwise Music Structure Analysis with the
Correlation Block-Matching Segmentation Algorithm" (TISMIR 2023).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phosphene.song.structure.grid import Grid

_BAND = 7  # units on both sides that are compared in a section
_ODD = (1.0, 0.5, 0.25)  # cost of a length that is odd, even, a multiple of four


def segment(alike: NDArray[np.float32], grid: Grid, weight: float = 1.0) -> list[int]:
    """Divide the units of a song into sections.

    Parameters
    ----------
    alike : ndarray, shape (n_units, n_units)
        Similarity of units, 0 to 1.
    grid : Grid
    weight : float
        How much regular lengths are preferred.

    Returns
    -------
    list of int
        The first unit of each section, and `n_units`.
    """
    n = len(alike)
    longest = min(4 * grid.phrase, n)
    sums = _band_sums(alike, longest)
    scores = sums / np.arange(1, longest + 1)
    top = float(scores[: max(n - grid.phrase + 1, 1), min(grid.phrase, longest) - 1].max())
    costs = np.array([_irregular(length, grid.phrase) for length in range(1, longest + 1)])
    gains = (scores - weight * top * costs) * np.arange(1, longest + 1)
    best = np.full(n + 1, -np.inf)
    best[0] = 0.0
    came = np.zeros(n + 1, np.intp)
    for end in range(1, n + 1):
        lengths = np.arange(1, min(end, longest) + 1)
        options = best[end - lengths] + gains[end - lengths, lengths - 1]
        k = int(np.argmax(options))
        best[end], came[end] = options[k], end - lengths[k]
    edges = [n]
    while edges[-1] > 0:
        edges.append(int(came[edges[-1]]))
    return edges[::-1]


def _band_sums(alike: NDArray[np.float32], longest: int) -> NDArray[np.float64]:
    """Sum of similarities within the band of a section, by first unit and length - 1."""
    n = len(alike)
    units = np.arange(n)
    before = np.zeros((n, _BAND + 1))  # with the unit k places earlier
    for k in range(1, min(_BAND, n - 1) + 1):
        before[k:, k] = alike[units[k:], units[:-k]]
    upto = 2 * np.cumsum(before, axis=1)
    last = np.minimum(units[:, None] + np.arange(longest), n - 1)
    added = upto[last, np.minimum(np.arange(longest), _BAND)]
    return np.cumsum(added, axis=1)


def _irregular(length: int, phrase: int) -> float:
    if length == phrase:
        return 0.0
    if length % (phrase // 2) == 0:
        return _ODD[2]
    return _ODD[1] if length % 2 == 0 else _ODD[0]
