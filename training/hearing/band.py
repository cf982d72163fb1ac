"""The instrumentation of a practice song: bass, accompaniment, melodies and timekeepers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from training.hearing.harmony import Chord
from training.hearing.metre import Metre
from training.hearing.parts import (
    BASSES,
    CHORDAL,
    LEADS,
    PADS,
    Bass,
    Comping,
    Melody,
    Pushed,
)
from training.hearing.score import Note, Part

Bars = Callable[[list[Chord]], list[Note]]
Player = tuple[Part, Bars]


def band(
    rng: np.random.Generator, metre: Metre, bpm: float
) -> tuple[list[Player], tuple[Player, Player]]:
    """The players, and two timekeepers: one to mark the beats, one the downbeats, where needed."""
    loose = rng.choice([0.0, rng.uniform(0, 0.012)])

    def part(programmes: tuple[int, ...], volume: float) -> Part:
        late = rng.normal(0, 0.004) if loose else 0.0
        return Part(
            int(rng.choice(programmes)),
            [],
            volume * rng.uniform(0.5, 1.1),
            late,
            loose,
            rng.uniform(0.2, 0.8),
        )

    players: list[Player] = []
    if rng.random() < 0.85:
        riff = rng.random() < 0.2
        players.append(
            (part(BASSES, 1.0), Melody(rng, metre, bpm, True) if riff else Bass(rng, metre, bpm))
        )
    for _ in range(int(rng.choice([0, 1, 1, 2, 2, 3]))):
        comping = Comping(rng, metre, bpm)
        sounds = PADS if comping.manner == "held" and rng.random() < 0.7 else CHORDAL
        players.append((part(sounds, 0.75), comping))
    for _ in range(int(rng.choice([0, 1, 1, 1, 2]))):
        players.append((part(LEADS, 0.9), Melody(rng, metre, bpm)))
    if not players:
        players.append((part(CHORDAL, 0.9), Comping(rng, metre, bpm)))
    if rng.random() < 0.4:  # one at most, so that the others mark the bar
        i = int(rng.integers(len(players)))
        players[i] = players[i][0], Pushed(rng, metre, players[i][1])
    if rng.random() < 0.5:
        beats = part(BASSES, 1.0), Bass(rng, metre, bpm, str(rng.choice(["walk", "beats"])))
    else:
        beats = part(CHORDAL, 0.9), Comping(rng, metre, bpm, "beats")
    if rng.random() < 0.5:
        ones = part(BASSES, 1.0), Bass(rng, metre, bpm, "root")
    else:
        ones = part(CHORDAL, 0.9), Comping(rng, metre, bpm, "stabs")
    return players, (beats, ones)


def pickup(rng: np.random.Generator, metre: Metre, parts: list[Part], closed: int) -> int:
    """Add a pick-up before the first downbeat: a count-in, a drum fill, or a melodic upbeat.

    Returns its length in beats. `closed` is the drum of a fill.
    """
    kind = rng.random()
    if kind < 0.75:
        return 0
    n = int(rng.integers(1, metre.beats + 1)) if kind < 0.9 else metre.beats
    if kind >= 0.9:
        sticks = int(rng.choice([37, 42, 31, 76]))
        parts[0].notes += [Note(-n + i, 0.2, sticks, 0.8) for i in range(n)]
        return n
    tuned = [part for part in parts[1:] if part.notes]
    part = tuned[int(rng.integers(len(tuned)))] if tuned and rng.random() < 0.7 else parts[0]
    fine = int(rng.choice([1, 2]))
    for i in range(n * fine):
        pitch = closed if part is parts[0] else part.notes[0].pitch - n * fine + i
        if i == 0 or rng.random() < 0.8:
            part.notes.append(Note(-n + i / fine, 0.8 / fine, pitch, 0.8))
    return n
