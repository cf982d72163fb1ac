"""Whether a song's notes tell where its beats are: what no listener can hear is no truth."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from training.hearing.metre import Metre
from training.hearing.score import Note

_STRUCK = 0.6  # of all beats
_GHOST = 0.35  # velocity; softer strokes count for nothing
_BETWEEN = (1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4)  # of a beat
#: Tempi, by beats in a bar, of an octave in which nobody takes twice or half as fast for the beat.
_OCTAVE = {3: (85.0, 170.0)}
_USUAL_OCTAVE = (75.0, 150.0)


def tells_beats(notes: Iterable[Note], start: float, end: float) -> bool:
    """Whether most beats from `start` to `end` are struck, and no other place in them as often."""
    at = np.array([n.at for n in notes if n.velocity > _GHOST])
    at = at[(at > start - 0.01) & (at < end - 0.01)]

    def struck(place: float) -> float:
        beat = np.rint(at - place)
        return len(np.unique(beat[np.abs(at - place - beat) < 0.02])) / (end - start)

    on = struck(0.0)
    return on >= _STRUCK and all(struck(place) <= on for place in _BETWEEN)


def usual(bpm: float, metre: Metre) -> float:
    """The tempo, or its double or half, that is heard as the beat without drums that mark it."""
    if metre.steps == 3:
        return bpm  # twice as fast are no eighths
    slow, fast = _OCTAVE.get(metre.beats, _USUAL_OCTAVE)
    while bpm < slow:
        bpm *= 2
    while bpm >= fast:
        bpm /= 2
    return bpm
