"""The grid of the structure analysis: bars, continued evenly where the song has none."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.float64]

#: Most units of a grid; longer songs have several bars in a unit.
MOST = 1600
_FEWEST = 4  # bars; with fewer, the song is divided by time
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
    if len(edges) - 1 > MOST:
        step = -(-(len(edges) - 1) // MOST)
        edges = np.append(edges[:-1:step], edges[-1])
    usual = float(np.median(np.diff(edges)))
    phrase = 2 ** int(np.clip(np.rint(np.log2(16.0 / max(usual, 0.1))), 2, 5))
    return Grid(edges, phrase, in_bars)


def _bars(downbeats: Times, duration: float) -> Times:
    """Edges at every downbeat; gaps and both ends are filled with bars of the usual length."""
    usual = float(np.median(np.diff(downbeats)))
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


def _even(begin: float, end: float, step: float) -> Times:
    return np.linspace(begin, end, max(int(np.rint((end - begin) / step)), 1) + 1)
