"""The sections of a song, from what has been heard of it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from phosphene.song.song import Section
from phosphene.song.structure.grid import Times, grid_of
from phosphene.song.structure.roles import energy_of, with_roles
from phosphene.song.structure.segmentation import label, segment
from phosphene.song.structure.similarity import similarity
from phosphene.song.structure.views import Sketch, views_of

_SHORT = 12.0  # seconds; shorter songs are one section


def find_sections(
    sketch: Sketch,
    notes: NDArray[np.float32],
    curves: Mapping[str, NDArray[np.float64]],
    rms: NDArray[np.float32],
    rate: int,
    downbeats: Times,
    duration: float,
) -> tuple[Section, ...]:
    """Divide a song into sections with labels and roles.

    Parameters
    ----------
    sketch : Sketch
    notes : ndarray, shape (n_frames, 12)
        As from `pitches.chroma`.
    curves : mapping of str to ndarray, shape (n_frames,)
        Onset curves.
    rms : ndarray, shape (n_frames,)
    rate : int
        Hz, of the samples.
    downbeats : ndarray, shape (n_bars,)
        Seconds.
    duration : float
        Seconds.

    Returns
    -------
    tuple of Section
        In order, covering the song.
    """
    grid = grid_of(downbeats, duration)
    views = views_of(sketch, notes, curves, rms, rate, grid)
    energy = energy_of(views)
    alike = similarity(views)
    whole = duration < _SHORT or grid.n < 4
    edges = [0, grid.n] if whole else segment(alike, grid.phrase)
    edges, labels = label(alike, edges)
    parts = with_roles(edges, labels, energy, views.silent, grid.phrase)
    names: dict[int, str] = {}
    return tuple(
        Section(
            float(grid.edges[part.first]),
            float(grid.edges[part.last]),
            names.setdefault(part.label, _name(len(names))),
            part.role,
            round(part.energy, 3),
            round(part.confidence, 2),
        )
        for part in parts
    )


def _name(index: int) -> str:
    """A to Z, then AA, AB and so on, as the columns of a spreadsheet."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
