"""The grid of the structure analysis: bars, continued evenly where the song has none."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.float64]

#: Maximum number of units; in longer songs a unit is several bars.
MAX_UNITS = 1600
_FEWEST = 4  # bars; with fewer, the song is divided by time
_HALF = 0.62  # of the usual bar: shorter bars are halves
_WITHOUT_BEATS = 2.0  # seconds of a unit
_PICKUP, _REST = 0.6, 0.35  # of a bar: shorter rests at the start and the end join their bars


@dataclass(frozen=True, eq=False)
class Grid:
    """Consecutive units that cover a song.

    Parameters
    ----------
    edges : ndarray, shape (n_units + 1,)
        Seconds, from 0 to the song's end.
    phrase : int
        Units of a usual phrase, a power of two: about 16 s.
    in_bars : bool
        Whether the units are bars.
    """

    edges: Times
    phrase: int
    in_bars: bool

    @property
    def n(self) -> int:
        """Number of units."""
        return len(self.edges) - 1


def grid_of(downbeats: Times, duration: float) -> Grid:
    """Divide a song into bars, or into units of two seconds if it has too few.

    Parameters
    ----------
    downbeats : ndarray, shape (n_bars,)
        Seconds.
    duration : float
        Seconds.
    """
    in_bars = len(downbeats) >= _FEWEST
    edges = _bars(downbeats, duration) if in_bars else _even(0.0, duration, _WITHOUT_BEATS)
    if len(edges) - 1 > MAX_UNITS:
        step = -(-(len(edges) - 1) // MAX_UNITS)
        edges = np.append(edges[:-1:step], edges[-1])
    usual = float(np.median(np.diff(edges)))
    phrase = 2 ** int(np.clip(np.rint(np.log2(16.0 / max(usual, 0.1))), 2, 5))
    return Grid(edges, phrase, in_bars)


def _bars(downbeats: Times, duration: float) -> Times:
    """Edges at the downbeats; gaps and both ends are filled with bars of the usual length.

    Runs of bars that are half as long, as from a change to double tempo, are joined in pairs: units
    of different lengths would look like different music.
    """
    usual = _usual(downbeats)
    downbeats = _paired(downbeats, usual)
    edges = [downbeats[:1]]
    for begin, end in pairwise(downbeats.tolist()):
        edges.append(_even(begin, end, usual)[1:] if end - begin > 1.6 * usual else np.array([end]))
    first, last = float(downbeats[0]), float(downbeats[-1])
    before = first - usual * np.arange(int(first / usual), 0, -1)
    after = last + usual * np.arange(1, int((duration - last) / usual) + 1)
    inner = np.concatenate([before, *edges, after])
    # A short pick-up belongs to the first bar, so that phrases are counted from there.
    inner = inner[(inner > _PICKUP * usual) & (inner < duration - _REST * usual)]
    return np.concatenate([[0.0], inner, [duration]])


def _usual(downbeats: Times) -> float:
    """The length of a bar that takes up the most time: the median, weighted by length."""
    lengths = np.sort(np.diff(downbeats))
    return float(lengths[np.searchsorted(np.cumsum(lengths), 0.5 * lengths.sum())])


def _paired(downbeats: Times, usual: float) -> Times:
    short = np.append(np.diff(downbeats) < _HALF * usual, False)
    kept = np.ones(len(downbeats), bool)
    for k in range(1, len(downbeats)):
        kept[k] = not (short[k - 1] and short[k] and kept[k - 1])
    return downbeats[kept]


def _even(begin: float, end: float, step: float) -> Times:
    return np.linspace(begin, end, max(int(np.rint((end - begin) / step)), 1) + 1)
