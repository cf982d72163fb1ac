"""Places boundaries between units at the moment when the sound changes."""

from __future__ import annotations

import numpy as np

from phosphene.song.structure.grid import Grid, Times
from phosphene.song.structure.views import Sketch

_CLEARLY = 2.0  # times the change at the bar: then the section begins on another beat
_ON = 0.05  # seconds: an edge this near to a beat is on it
_AROUND = 1.0  # seconds that are compared without beats
_BEATS = 2  # beats that are compared on each side


def placed(edges: list[int], grid: Grid, sketch: Sketch, beats: Times) -> Times:
    """Seconds of the boundaries of sections.

    A boundary stays at its bar, unless the sound changes at least twice as much at another beat
    within half a bar: there the bars are wrong, or one has fewer beats. Without beats, it moves to
    the greatest change within half a unit.

    Parameters
    ----------
    edges : list of int
        Units, from 0 to the number of units.
    grid : Grid
    sketch : Sketch
    beats : ndarray, shape (n_beats,)
        Seconds.
    """
    times = grid.edges[edges].copy()
    sums = np.concatenate([np.zeros((1, sketch.mel.shape[1])), np.cumsum(sketch.mel, 0, float)])
    for k in range(1, len(times) - 1):
        time = float(times[k])
        half = 0.5 * float(grid.edges[edges[k] + 1] - grid.edges[edges[k]])
        if not grid.in_bars:
            near = np.append(time + np.arange(-half, half, sketch.hop), time)
            times[k] = near[np.argmax(_changes(near, sums, sketch.hop, _AROUND))]
            continue
        near = beats[np.abs(beats - time) <= half + _ON]
        if len(near) > 1 and np.abs(near - time).min() <= _ON:
            own = int(np.argmin(np.abs(near - time)))
            width = _BEATS * float(np.median(np.diff(near)))
            changes = _changes(near, sums, sketch.hop, width)
            best = int(np.argmax(changes))
            if changes[best] > _CLEARLY * changes[own]:
                times[k] = near[best]
    return np.maximum.accumulate(times)


def _changes(times: Times, sums: Times, hop: float, width: float) -> Times:
    """Difference of the mean spectra after and before each time."""

    def mean(begin: Times, end: Times) -> Times:
        last = len(sums) - 1
        first = np.clip(np.rint(begin / hop).astype(np.intp), 0, last - 1)
        after = np.clip(np.rint(end / hop).astype(np.intp), first + 1, last)
        return np.asarray((sums[after] - sums[first]) / (after - first)[:, None])

    steps = mean(times, times + width) - mean(times - width, times)
    return np.asarray(np.sqrt((steps**2).mean(axis=1)))
