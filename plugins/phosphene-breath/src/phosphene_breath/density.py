"""Density: how much happens in the song, averaged over a few bars."""

from __future__ import annotations

import numpy as np
from phosphene import Feature, Song

HOP = 0.1  # s
WINDOW = 8.0  # s, about four bars: faster changes are rhythm
FULL = 95.0  # percentile of the song that is scaled to 1
SPARSE = 0.5  # full onsets per second: sparser songs are not scaled up to 1


def density(song: Song) -> Feature:
    """Onsets per second weighted by strength, smoothed; 1 where the song is densest.

    Parameters
    ----------
    song : Song

    Returns
    -------
    Feature
        0 to 1, every 0.1 s; an envelope that rises through a build-up and falls in a break.
    """
    hops = int(song.duration / HOP) + 1
    struck = np.bincount(
        np.minimum(song.onsets / HOP, hops - 1).astype(int), song.onset_strengths, hops
    )
    window = np.hanning(round(WINDOW / HOP) + 2)[1:-1]
    # Divide by the part of the window inside the song, or every song would start and end sparse.
    inside = np.convolve(np.ones(hops), window)[len(window) // 2 :][:hops]
    rate = np.convolve(struck, window)[len(window) // 2 :][:hops] / (inside * HOP)
    full = max(float(np.percentile(rate, FULL)), SPARSE)
    return Feature(np.clip(rate / full, 0.0, 1.0), HOP, "envelope")
