"""Songs of the project's generator with known forms; even seeds tune, odd ones test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.structure.forms import Form
from training.hearing import kits
from training.hearing.audible import usual
from training.hearing.band import band
from training.hearing.drums import KITS
from training.hearing.ensemble import Ensemble
from training.hearing.metre import any_clock, any_metre
from training.hearing.score import DRUMS, Part, Piece
from training.hearing.songs import HELD_OUT
from training.hearing.studio import add_effects

RATE = 22050
EACH = 12  # songs of each half
FORMS = ("IVCVCBCO", "IVVCVCXCO", "ABAB", "AABA", "ABABCB", "IABCABCO", "VCVCXCC", "ABCDE")
_LENGTHS = (4, 8, 8, 8, 16)  # bars of a section


def songs(half: str) -> Iterator[tuple[str, Form, NDArray[np.float32]]]:
    """Name, form and sound of the songs of one half, ``tune`` or ``test``."""
    for k in range(EACH):
        seed = HELD_OUT + 2 * k + (half == "test")
        form, samples = make(seed)
        yield f"generated {seed}", form, samples


def make(seed: int) -> tuple[Form, NDArray[np.float32]]:
    """Play every part of a form once, and repeat it note by note wherever its letter recurs."""
    rng = np.random.default_rng(seed)
    letters = str(rng.choice(FORMS))
    metre, tempo = any_metre(rng, None)
    bpm = usual(tempo, metre)
    players, keepers = band(rng, metre, bpm)
    drums = Part(DRUMS, volume=rng.uniform(0.5, 1.1), kit=int(rng.choice(KITS)))
    ensemble = Ensemble(rng, metre, bpm, False, players, keepers, drums, True, False)
    spans = {}
    for letter in sorted(set(letters)):
        first = sum(ensemble.bars)
        ensemble.section(int(rng.choice(_LENGTHS)))
        spans[letter] = (first, sum(ensemble.bars))
    at, edges = 0, [0]
    parts = [drums, *(part for part, _ in (*players, *keepers))]
    played = [list[object]() for _ in parts]
    for letter in letters:
        first, last = spans[letter]
        for notes, part in zip(played, parts, strict=True):
            inside = [note for note in part.notes if first <= note.at < last]
            notes += [replace(note, at=note.at - first + at) for note in inside]
        at += last - first
        edges.append(at)
    parts = [replace(part, notes=notes) for part, notes in zip(parts, played, strict=True)]
    bars = [metre.beats] * (at // metre.beats)
    clock = any_clock(rng, bpm, -1, bars, 0.5)
    piece = Piece(parts, clock, bars, 0)
    seconds = clock.time(np.array(edges, dtype=float))
    samples = add_effects(kits.render(piece, rng), rng)  # no sound font is needed
    seconds[0], seconds[-1] = 0.0, len(samples) / RATE
    joined = [k for k in range(len(letters)) if k == 0 or letters[k] != letters[k - 1]]
    return (
        Form(np.append(seconds[joined], seconds[-1]), [letters[k] for k in joined]),
        samples.astype(np.float32),
    )
