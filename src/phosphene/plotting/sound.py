"""The waveform: the extremes and the RMS of the samples in each pixel column."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from phosphene.plotting.colours import LOUD, SOUND
from phosphene.score.channels import Curve
from phosphene.song.song import Song


def columns(song: Song, begin: float, end: float, count: int) -> tuple[Curve, ...]:
    """The waveform in columns.

    Parameters
    ----------
    song : Song
    begin, end : float
        Seconds.
    count : int
        Maximum number of columns.

    Returns
    -------
    times, low, high, rms : ndarray, shape (n_columns,)
        Start of each column in seconds, and the extremes and the RMS of its samples.
    """
    first, last = (round(t * song.sample_rate) for t in (begin, end))
    samples = song.samples[first:last].astype(np.float64)
    if not len(samples):
        return (np.array([begin]), *(np.zeros(1) for _ in range(3)))
    edges = np.unique(np.linspace(0, len(samples), min(count, len(samples)) + 1).astype(int))[:-1]
    lengths = np.diff(np.append(edges, len(samples)))
    rms = np.sqrt(np.add.reduceat(samples**2, edges) / lengths)
    times = begin + edges / song.sample_rate
    return times, np.minimum.reduceat(samples, edges), np.maximum.reduceat(samples, edges), rms


def draw_sound(axes: Axes, song: Song, begin: float, end: float, width: float) -> None:
    """Draw the waveform; silence is a flat line."""
    times, low, high, rms = columns(song, begin, end, int(width))
    axes.fill_between(times, low, high, color=SOUND, linewidth=0.4)
    axes.fill_between(times, -rms, rms, color=LOUD, linewidth=0.4)
    loudest = max(float(np.max(np.abs([low, high]))), 1e-6)
    axes.set_ylim(-1.05 * loudest, 1.05 * loudest)
    axes.set_yticks([])
