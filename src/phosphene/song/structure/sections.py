"""The sections of a song: their boundaries, labels and roles."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from phosphene.song.beats.pulse import Pulse, Sound
from phosphene.song.song import Section
from phosphene.song.structure.grid import Grid, Times, grid_of
from phosphene.song.structure.roles import energy_of, with_roles
from phosphene.song.structure.segmentation import label, segment
from phosphene.song.structure.views import Sketch, similarity, views_of

_SHORT = 12.0  # seconds; shorter songs are one section
_FRAGMENT = 4.0  # seconds; a shorter section at the start belongs to the next one
_CLEARLY = 2.0  # a change this many times that at the bar moves the boundary to another beat
_ON = 0.05  # seconds: an edge this close to a beat is on it
_AROUND = 1.0  # seconds compared on each side if there are no beats
_BEATS = 2  # beats compared on each side


def find_sections(
    sound: Sound, sketch: Sketch, pulse: Pulse, duration: float
) -> tuple[Section, ...]:
    """Divide a song into sections with labels and roles.

    Parameters
    ----------
    sound : Sound
    sketch : Sketch
    pulse : Pulse
        Its beats and bars.
    duration : float
        Where the last section ends, in seconds.

    Returns
    -------
    tuple of Section
        In order, covering the song.
    """
    grid = grid_of(pulse.downbeats, duration)
    views = views_of(sound, sketch, grid)
    energy = energy_of(views)
    similarities = similarity(views)
    single = duration < _SHORT or grid.n < 4
    edges = [0, grid.n] if single else segment(similarities, grid.phrase)
    edges, labels = label(similarities, edges)
    if len(edges) > 2 and grid.edges[edges[1]] < _FRAGMENT:  # an attack before the music
        del edges[1], labels[0]
    parts = with_roles(edges, labels, energy, views.silent, grid.phrase)
    times = _placed([part.first for part in parts] + [grid.n], grid, sketch, pulse.beats)
    names: dict[int, str] = {}
    return tuple(
        Section(
            float(start),
            float(end),
            names.setdefault(part.label, _name(len(names))),
            part.role,
            round(part.energy, 3),
            round(part.confidence, 2),
        )
        for part, (start, end) in zip(parts, pairwise(times), strict=True)
        if end > start
    )


def _name(index: int) -> str:
    """A to Z, then AA, AB and so on, as the columns of a spreadsheet."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _placed(edges: list[int], grid: Grid, sketch: Sketch, beats: Times) -> Times:
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
