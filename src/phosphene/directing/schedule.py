"""The schedule of shots: which prompt comes when, and how long the morph to it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from phosphene.directing.form import Part
from phosphene.directing.scenes import LOUD, Scene
from phosphene.song.song import Song

LONGEST = 18.0  # seconds from one prompt to the next; with the morphs, none is seen for over 20
APART = 2.0  # seconds by which an even division moves at most, to a bar line
BEATS = 8  # beats on either side of a boundary that tell how long the transition is
MORPH = 4.1  # seconds of the longest morph


@dataclass(frozen=True)
class Take:
    """A prompt at a time.

    Parameters
    ----------
    time : float
        Seconds.
    prompt : str
    part : Part
        The part of the song that it is in.
    opens : bool
        Whether it is the first of its part.
    beats : int or None
        Length of the morph to it, in beats; 0 is a cut, None the usual one.
    """

    time: float
    prompt: str
    part: Part
    opens: bool
    beats: int | None = None


def schedule(
    song: Song, parts: Sequence[Part], scenes: Mapping[str, Scene], most: int
) -> list[Take]:
    """The shots of a film, in order.

    A part begins with the first shot of its scene, or continues it where the part before has the
    same scene. No shot is longer than `LONGEST`, unless the film would need more than `most`.
    """
    longest = LONGEST
    while len(takes := _takes(song, parts, scenes, longest)) > max(most, len(parts)):
        longest *= 1.1
    return takes


def _takes(
    song: Song, parts: Sequence[Part], scenes: Mapping[str, Scene], longest: float
) -> list[Take]:
    takes: list[Take] = []
    shot = 0
    for number, part in enumerate(parts):
        before = parts[number - 1] if number else None
        shots = scenes[part.label].shots
        shot = shot + 1 if before is not None and before.label == part.label else 0
        beats = None if before is None else _transition(song, before, part)
        takes.append(Take(part.start, shots[shot % len(shots)], part, True, beats))
        for time in _divided(song, part, longest):
            shot += 1
            takes.append(Take(time, shots[shot % len(shots)], part, False))
    return takes


def _divided(song: Song, part: Part, longest: float) -> list[float]:
    """Where a part changes to its next shot: bar lines if possible, those of phrases first."""
    first = round(float(song.tempo_map.time_bar(part.start)))
    least = int(np.ceil(part.length / longest))
    for count in (least, least + 1):
        even = [part.start + part.length * k / count for k in range(1, count)]
        placed = [_nearest_bar(song, first, time) for time in even]
        if np.diff([part.start, *placed, part.end]).max() <= longest:
            return placed
    return even


def _nearest_bar(song: Song, first: int, time: float) -> float:
    bars = song.tempo_map
    at = float(bars.time_bar(time))
    for step in (4, 2, 1):
        bar = first + step * round((at - first) / step)
        line = float(bars.bar_time(bar))
        if abs(line - time) < APART:
            return line
    return time


def _transition(song: Song, before: Part, part: Part) -> int:
    """Length of the morph into a part, in beats.

    Drops are cuts, and so are choruses that are clearly louder than what comes before. Elsewhere
    it is the time that the level takes from that of the one part to that of the other.
    """
    louder = part.energy - before.energy
    if part.role == "drop" or (part.role in LOUD and louder > 0.2):
        return 0
    beats = song.tempo_map
    most = int(np.clip(MORPH / beats.beat_span(part.start, 1.0), 1, BEATS))
    middle = float(beats.time_beat(part.start))
    edges = beats.beat_time(middle + np.arange(-BEATS, BEATS + 1.0))
    rms = song.feature("rms")
    hops = np.clip(np.rint(np.asarray(edges) / rms.hop).astype(int), 0, len(rms.values) - 1)
    level = np.array([rms.values[a : max(b, a + 1)].mean() for a, b in pairwise(hops)])
    old, new = float(level[: BEATS // 2].mean()), float(level[-BEATS // 2 :].mean())
    if abs(new - old) < 0.05:
        return most
    share = (level - old) / (new - old)
    return int(np.clip(np.count_nonzero((share > 0.2) & (share < 0.8)), 1, most))
