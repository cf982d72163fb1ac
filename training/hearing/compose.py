"""Composes practice songs: sections in one style, with changing parts, fills, rests, pick-ups."""

from __future__ import annotations

import numpy as np

from training.hearing.audible import usual
from training.hearing.band import band, pickup
from training.hearing.drums import CLOSED, KITS
from training.hearing.ensemble import Ensemble
from training.hearing.metre import Metre, any_clock, any_metre
from training.hearing.parts import GUITARS
from training.hearing.score import DRUMS, Note, Part, Piece


def compose(
    rng: np.random.Generator, seconds: float = 45.0, metre: Metre | None = None, bpm: float = 0.0
) -> Piece:
    """Compose a random song.

    Parameters
    ----------
    rng : np.random.Generator
        The same seed gives the same song.
    seconds : float
        Approximate length.
    metre, bpm : optional
        One of `METRES`, and a tempo; random by default.
    """
    metre, tempo = any_metre(rng, metre)
    has_drums = rng.random() < 0.76
    bpm = bpm or (tempo if has_drums else usual(tempo, metre))
    n_bars = max(4, round(seconds * bpm / 60 / metre.beats))
    swing = 0.5
    if metre.steps == 4 and rng.random() < 0.25:
        swing = float(rng.choice([0.667, rng.uniform(0.56, 0.68)]))
    players, keepers = band(rng, metre, bpm)
    drums = Part(
        DRUMS,
        volume=rng.uniform(0.5, 1.1),
        loose=rng.choice([0, rng.uniform(0, 0.007)]),
        kit=int(rng.choice(KITS)),
    )
    cuts, far = metre.beats > 2 and rng.random() < 0.06, bpm != usual(bpm, metre)
    song = Ensemble(rng, metre, bpm, far, players, keepers, drums, has_drums, cuts)
    while len(song.bars) < n_bars:
        song.section(min(int(rng.choice([4, 4, 8, 8, 12, 16])), n_bars - len(song.bars)))
    tuned = [part for part, _ in (*players, *keepers)]
    parts = [drums, *tuned]
    if rng.random() < 0.15:  # a guitar doubles one of them
        doubled = tuned[int(rng.integers(len(players)))]
        higher = [Note(n.at, n.length, n.pitch + 12, n.velocity) for n in doubled.notes]
        parts.append(Part(int(rng.choice(GUITARS)), higher, rng.uniform(0.4, 0.9)))
    before = pickup(rng, metre, parts, CLOSED - 4)
    clock = any_clock(rng, bpm, -max(before, 1), song.bars, swing)
    closed = rng.random() < 0.5 and _close(rng, tuned, float(sum(song.bars)))
    return Piece(parts, clock, song.bars, before, float(rng.uniform(0.3, 2.5)), closed)


def _close(rng: np.random.Generator, parts: list[Part], at: float) -> bool:
    """Let most parts end on one more downbeat. Returns whether any does."""
    last = [part for part in parts if part.notes and rng.random() < 0.8]
    for part in last:
        part.notes.append(Note(at, 2.0, part.notes[-1].pitch, 0.8))
    return bool(last)
