"""The sections of a song, from its analysis so far."""

from __future__ import annotations

from itertools import pairwise

from phosphene.song.beats.pulse import Pulse, Sound
from phosphene.song.song import Section
from phosphene.song.structure.grid import grid_of
from phosphene.song.structure.placing import placed
from phosphene.song.structure.roles import energy_of, with_roles
from phosphene.song.structure.segmentation import label, segment
from phosphene.song.structure.views import Sketch, similarity, views_of

_SHORT = 12.0  # seconds; shorter songs are one section
_FRAGMENT = 4.0  # seconds; a shorter section at the start belongs to the next one


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
    alike = similarity(views)
    whole = duration < _SHORT or grid.n < 4
    edges = [0, grid.n] if whole else segment(alike, grid.phrase)
    edges, labels = label(alike, edges)
    if len(edges) > 2 and grid.edges[edges[1]] < _FRAGMENT:  # an attack before the music
        del edges[1], labels[0]
    parts = with_roles(edges, labels, energy, views.silent, grid.phrase)
    times = placed([part.first for part in parts] + [grid.n], grid, sketch, pulse.beats)
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
