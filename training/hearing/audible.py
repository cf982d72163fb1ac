"""Checks that beats and bars are audible from a song's notes, as labels must be."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from training.hearing.metre import Metre
from training.hearing.score import DRUMS, Note, Part

Stroke = tuple[float, float]  # where, in beats, and how heavy

_STRUCK = 0.6  # of all beats
_CLEAR = 1.25  # times as heavy as any other place in them
_AS_HEAVY = 0.99  # but for rounding
_LOW, _CARRIES = 52, 1.5  # notes below this pitch weigh so much more
_GHOST = 0.35  # of full velocity; softer drums are no stroke
_BETWEEN = (1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4)  # of a beat
#: Tempi, by beats in a bar, of an octave in which nobody takes twice or half as fast for the beat.
_OCTAVE = {3: (85.0, 170.0)}
_USUAL_OCTAVE = (75.0, 150.0)


def strokes(part: Part, notes: Iterable[Note]) -> list[Stroke]:
    """Notes of a part as one hears them: a chord is one stroke, two drums are two."""
    found: dict[tuple[float, int], float] = {}
    for note in notes:
        weight, voice = note.velocity * part.volume, 0
        if part.programme == DRUMS:
            weight, voice = weight * (note.velocity > _GHOST), note.pitch
        elif note.pitch < _LOW:
            weight *= _CARRIES
        key = round(note.at, 3), voice
        found[key] = max(found.get(key, 0.0), weight)
    return [(at, weight) for (at, _), weight in found.items()]


def tells_beats(heard: Iterable[Stroke], start: float, end: float) -> bool:
    """Whether most beats from `start` to `end` are struck, and more heavily than between them."""
    at, weight = np.array([(0.0, 0.0), *heard]).T
    inside = (at > start - 0.01) & (at < end - 0.01) & (weight > 0)
    at, weight = at[inside], weight[inside]

    def on(place: float) -> np.ndarray:
        return np.abs(at - place - np.rint(at - place)) < 0.02

    struck = len(np.unique(np.rint(at[on(0.0)])))
    beats = weight[on(0.0)].sum()
    between = max(weight[on(place)].sum() for place in _BETWEEN)
    return bool(struck >= _STRUCK * (end - start) and beats >= _CLEAR * between)


def tells_bars(heard: Iterable[Stroke], start: float, end: float, beats: int) -> bool:
    """Whether bars of so many beats begin as heavily as their other beats are on average."""
    at, weight = np.array([(start, 0.0), *heard]).T
    place = at - start
    on = (place > -0.01) & (at < end - 0.01) & (np.abs(place - np.rint(place)) < 0.02)
    first, *others = np.bincount(np.rint(place[on]).astype(int) % beats, weight[on], beats)
    return bool(first >= _AS_HEAVY * np.mean(others))


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
