"""Checks that beats and bars are audible from a song's notes, as labels must be."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from training.hearing.metre import Metre
from training.hearing.score import DRUMS, Note, Part

Stroke = tuple[float, float]  # position in beats, weight

_STRUCK = 0.6  # share of the beats that must have a stroke
_CLEAR = 1.25  # weight of the beats against any position between them
_AS_HEAVY = 0.99  # of 1, to allow for rounding
_LOW, _CARRIES = 52, 1.5  # factor for notes below this pitch
_GHOST = 0.35  # drum notes below this velocity are not strokes
_BETWEEN = (1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4)  # positions within a beat
#: Tempo ranges of one octave, by beats per bar, without half- or double-tempo ambiguity.
_OCTAVE = {3: (85.0, 170.0)}
_USUAL_OCTAVE = (75.0, 150.0)


def strokes(part: Part, notes: Iterable[Note]) -> list[Stroke]:
    """The strokes of a part: a chord is one, two drums are two."""
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


def beats_audible(played: Iterable[Stroke], start: float, end: float) -> bool:
    """Whether most beats from `start` to `end` have strokes, heavier than those between them."""
    at, weight = np.array([(0.0, 0.0), *played]).T
    inside = (at > start - 0.01) & (at < end - 0.01) & (weight > 0)
    at, weight = at[inside], weight[inside]

    def on(place: float) -> np.ndarray:
        return np.abs(at - place - np.rint(at - place)) < 0.02

    struck = len(np.unique(np.rint(at[on(0.0)])))
    beats = weight[on(0.0)].sum()
    between = max(weight[on(place)].sum() for place in _BETWEEN)
    return bool(struck >= _STRUCK * (end - start) and beats >= _CLEAR * between)


def bars_audible(played: Iterable[Stroke], start: float, end: float, beats: int) -> bool:
    """Whether the first beats of the bars are as heavy as the other beats are on average."""
    at, weight = np.array([(start, 0.0), *played]).T
    place = at - start
    on = (place > -0.01) & (at < end - 0.01) & (np.abs(place - np.rint(place)) < 0.02)
    first, *others = np.bincount(np.rint(place[on]).astype(int) % beats, weight[on], beats)
    return bool(first >= _AS_HEAVY * np.mean(others))


def usual(bpm: float, metre: Metre) -> float:
    """The tempo, or its double or half, that is perceived as the beat without drums."""
    if metre.steps == 3:
        return bpm  # twice the tempo would not be eighths
    slow, fast = _OCTAVE.get(metre.beats, _USUAL_OCTAVE)
    while bpm < slow:
        bpm *= 2
    while bpm >= fast:
        bpm /= 2
    return bpm
