"""Practice songs: sections of bars in one style, with changes of parts, fills, rests, pick-ups."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from training.hearing.drums import CLOSED, KITS, Groove
from training.hearing.harmony import Chord, Harmony
from training.hearing.metre import Metre, any_clock, any_metre
from training.hearing.parts import (
    BASSES,
    CHORDAL,
    GUITARS,
    LEADS,
    PADS,
    Bass,
    Comping,
    Melody,
    Pushed,
)
from training.hearing.score import DRUMS, Note, Part, Piece

Bars = Callable[[list[Chord]], list[Note]]


def compose(
    rng: np.random.Generator, seconds: float = 45.0, metre: Metre | None = None, bpm: float = 0.0
) -> Piece:
    """Make a song up.

    Parameters
    ----------
    rng : np.random.Generator
        Gives the same song for the same seed.
    seconds : float
        About how long.
    metre, bpm : optional
        Any, where left out.
    """
    chosen, tempo = any_metre(rng)
    metre, bpm = metre or chosen, bpm or tempo
    n_bars = max(4, round(seconds * bpm / 60 / metre.beats))
    swing = 0.5
    if metre.steps == 4 and rng.random() < 0.25 and bpm < 220:
        swing = float(rng.choice([0.667, rng.uniform(0.56, 0.68)]))
    players = _band(rng, metre, bpm)
    groove = Groove(rng, metre, bpm)
    harmony = Harmony(rng)
    drums = Part(
        DRUMS,
        volume=rng.uniform(0.5, 1.1),
        loose=rng.choice([0, rng.uniform(0, 0.007)]),
        kit=int(rng.choice(KITS)),
    )
    has_drums = rng.random() < 0.76
    bars: list[int] = []
    cuts = metre.beats > 2 and rng.random() < 0.06  # bars that are a beat or two too short
    while len(bars) < n_bars:
        first, start = not bars, float(sum(bars))
        length = min(int(rng.choice([4, 4, 8, 8, 12, 16])), n_bars - len(bars))
        chords = harmony.section(metre, length)
        drummed = has_drums and rng.random() < (0.7 if first else 0.92)
        heard = [rng.random() < 0.78 for _ in players]
        if not (drummed or any(heard)):
            heard[int(rng.integers(len(players)))] = True
        if not first and rng.random() < 0.12:
            groove = Groove(rng, metre, bpm)
        if not first and rng.random() < 0.06:
            harmony.key = (harmony.key + int(rng.choice([1, 2, 5, 7]))) % 12
        crash, fills = rng.random() < 0.6, rng.random() < 0.6
        phrase = int(rng.choice([2, 4, 4, 8]))
        stop = length - 1 if rng.random() < 0.06 and length > 2 else -1
        for index, row in enumerate(chords):
            at = float(sum(bars))
            row = [Chord(c.at + start, c.length, c.degree, c.key, c.scale) for c in row]
            cut = cuts and index == length - 1 and rng.random() < 0.6
            bars.append(int(rng.integers(1, metre.beats)) if cut else metre.beats)
            end = float(sum(bars))
            for (part, play), on in zip(players, heard, strict=True):
                notes = play(row) if on else []
                part.notes += [n for n in notes if n.at <= (at if index == stop else end - 1e-9)]
            if drummed:
                if index == stop:
                    notes = [n for n in groove.bar(at) if n.at <= at]
                elif fills and (index + 1) % phrase == 0 and rng.random() < 0.7:
                    notes = groove.fill(at)
                else:
                    notes = groove.bar(at, crash and index == 0)
                drums.notes += [n for n in notes if n.at < end]
    parts = [drums, *(part for part, _ in players)]
    if rng.random() < 0.15:  # a guitar doubles one of them
        doubled = players[int(rng.integers(len(players)))][0]
        higher = [Note(n.at, n.length, n.pitch + 12, n.velocity) for n in doubled.notes]
        parts.append(Part(int(rng.choice(GUITARS)), higher, rng.uniform(0.4, 0.9)))
    pickup = _pickup(rng, metre, parts)
    clock = any_clock(rng, bpm, -max(pickup, 1), bars, swing)
    if rng.random() < 0.5:  # ends on the one after
        for part, _ in players:
            if part.notes and rng.random() < 0.8:
                part.notes.append(Note(float(sum(bars)), 2.0, part.notes[-1].pitch, 0.8))
    return Piece(parts, clock, bars, pickup, ring=float(rng.uniform(0.3, 2.5)))


def _band(rng: np.random.Generator, metre: Metre, bpm: float) -> list[tuple[Part, Bars]]:
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

    band: list[tuple[Part, Bars]] = []
    if rng.random() < 0.85:
        riff = rng.random() < 0.2
        band.append(
            (part(BASSES, 1.0), Melody(rng, metre, bpm, True) if riff else Bass(rng, metre, bpm))
        )
    for _ in range(int(rng.choice([0, 1, 1, 2, 2, 3]))):
        comping = Comping(rng, metre, bpm)
        sounds = PADS if comping.manner == "held" and rng.random() < 0.7 else CHORDAL
        band.append((part(sounds, 0.75), comping))
    for _ in range(int(rng.choice([0, 1, 1, 1, 2]))):
        band.append((part(LEADS, 0.9), Melody(rng, metre, bpm)))
    if not band:
        band.append((part(CHORDAL, 0.9), Comping(rng, metre, bpm)))
    for i, (played_by, player) in enumerate(band):
        if rng.random() < 0.22:
            band[i] = (played_by, Pushed(rng, metre, player))
    return band


def _pickup(rng: np.random.Generator, metre: Metre, parts: list[Part]) -> int:
    """Notes before the first downbeat: sticks counting in, a drum fill, or the tune's up-beat."""
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
        pitch = CLOSED - 4 if part is parts[0] else part.notes[0].pitch - n * fine + i
        if i == 0 or rng.random() < 0.8:
            part.notes.append(Note(-n + i / fine, 0.8 / fine, pitch, 0.8))
    return n
