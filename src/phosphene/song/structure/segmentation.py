"""Boundaries and labels of sections, from the similarity of units.

Boundaries minimise the spread within sections plus a cost per section: kernel change-point
detection (Arlot, Celisse and Harchaoui, JMLR 2019), with a preference for regular lengths as in
Sargent, Bimbot and Vincent (ISMIR 2011). The number of sections follows from the data.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_COST = 1.0  # of a section
_IRREGULAR = 1.0  # further cost of an odd number of units; half phrases and even numbers cost less
_LONGEST = 4  # phrases in a section; longer ones consist of several with the same label
_APART = 0.3  # mean distance from which sections have different labels


def segment(similarities: NDArray[np.float32], phrase: int) -> list[int]:
    """Divide the units of a song into sections.

    Parameters
    ----------
    similarities : ndarray, shape (n_units, n_units)
        Similarity of units, 0 to 1.
    phrase : int
        Units of a usual phrase.

    Returns
    -------
    list of int
        The first unit of each section, and `n_units`.
    """
    n = len(similarities)
    longest = min(_LONGEST * phrase, n)
    sums = np.zeros((n + 1, n + 1))
    np.cumsum(np.cumsum(similarities, axis=0, dtype=np.float64), axis=1, out=sums[1:, 1:])
    diagonal = np.diagonal(sums)
    prices = np.array([_COST + _price(length, phrase) for length in range(1, longest + 1)])
    best, came = np.zeros(n + 1), np.zeros(n + 1, np.intp)
    for end in range(1, n + 1):
        begins = np.arange(max(end - longest, 0), end)
        lengths = end - begins
        inside = diagonal[end] + diagonal[begins] - 2 * sums[begins, end]
        totals = best[begins] + lengths - inside / lengths + prices[lengths - 1]
        k = int(np.argmin(totals))
        best[end], came[end] = totals[k], begins[k]
    edges = [n]
    while edges[-1]:
        edges.append(int(came[edges[-1]]))
    return edges[::-1]


def _price(length: int, phrase: int) -> float:
    if length % phrase == 0:
        return 0.0
    if length % (phrase // 2) == 0:
        return _IRREGULAR / 3
    return _IRREGULAR * (1 if length % 2 else 2 / 3)


def label(similarities: NDArray[np.float32], edges: list[int]) -> tuple[list[int], list[int]]:
    """Group sections that sound similar, and join equal neighbours.

    Parameters
    ----------
    similarities : ndarray, shape (n_units, n_units)
    edges : list of int
        As from `segment`.

    Returns
    -------
    edges : list of int
        Of the joined sections.
    labels : list of int
        One per section, from 0, in order of appearance.
    """
    from scipy.cluster.hierarchy import fcluster, linkage  # takes long to import

    count = len(edges) - 1
    if count == 1:
        return edges, [0]
    means = np.add.reduceat(np.add.reduceat(similarities, edges[:-1], 0, np.float64), edges[:-1], 1)
    lengths = np.diff(edges)
    means /= lengths[:, None] * lengths
    scale = np.sqrt(np.diagonal(means))
    distances = np.maximum(1 - means / scale[:, None] / scale, 0.0)
    groups = fcluster(linkage(distances[np.triu_indices(count, 1)], "average"), _APART, "distance")
    names: dict[int, int] = {}
    labels = [names.setdefault(group, len(names)) for group in groups.tolist()]
    kept = [k for k in range(count) if k == 0 or labels[k] != labels[k - 1]]
    return [*(edges[k] for k in kept), edges[-1]], [labels[k] for k in kept]
