"""A repeating drum groove of one or two bars, and its fills."""

from __future__ import annotations

import numpy as np

from training.hearing.drum_patterns import pattern
from training.hearing.drums import (
    CLOSED,
    CRASHES,
    KICKS,
    OPEN,
    PEDAL,
    RIDES,
    SHAKEN,
    SNARES,
    TOMS,
)
from training.hearing.metre import Metre
from training.hearing.score import Note

LOUD = {"X": 1.0, "x": 0.75, "o": 0.4}
#: Snare patterns that suggest half or double tempo: the BPM range where that is unambiguous.
FEELS = {
    "........X.......": (0.0, 110.0),
    "..x...x...x...x.": (108.0, 400.0),
    "..x.X.....x.X...": (108.0, 400.0),
    "..x.x.x.x.x.": (108.0, 400.0),
}


class Groove:
    """One or two bars of drums, repeated with small variations.

    Parameters
    ----------
    rng : np.random.Generator
    metre : Metre
    bpm : float
        Fast songs get fewer strokes per beat.
    """

    def __init__(self, rng: np.random.Generator, metre: Metre, bpm: float) -> None:
        self.rng, self.metre = rng, metre
        self.rows: list[tuple[int, tuple[str, ...], float]] = []
        self.turn = 0
        double = rng.random() < 0.35
        kick, snare = int(rng.choice(KICKS)), int(rng.choice(SNARES, p=[0.55, 0.2, 0.15, 0.1]))
        voices = [("kick", kick, 1.0), ("snare", snare, rng.uniform(0.7, 1.0))]
        cymbal = int(rng.choice([CLOSED, PEDAL, OPEN, *RIDES], p=[0.5, 0.1, 0.05, 0.2, 0.1, 0.05]))
        voices.append(("cymbal", cymbal, rng.uniform(0.4, 0.9)))
        if rng.random() < 0.35:
            voices.append(("cymbal", int(rng.choice(SHAKEN)), rng.uniform(0.4, 0.9)))
        if rng.random() < 0.12:  # a free pattern, following the weights of the metre
            voices.append(("free", int(rng.choice([*TOMS, 64, 63, 61, 60, 65, 77])), 0.8))
        dropped = rng.choice([None, "kick", "snare", "cymbal"], p=[0.82, 0.05, 0.06, 0.07])
        for voice, pitch, level in voices:
            if voice == dropped:
                continue
            row = self._free() if voice == "free" else self._row(voice, bpm)
            rows: tuple[str, ...] = (row,)
            if double and voice != "cymbal":  # the second bar ends differently
                other = self._free() if voice == "free" else self._row(voice, bpm)
                cut = int(metre.beats // 2 * metre.steps)
                rows = (row, row[:cut] + other[cut:])
            self.rows.append((pitch, rows, level))
        self.sloppy = rng.choice([0.0, rng.uniform(0, 0.12)])
        self.extra = rng.choice([0.0, rng.uniform(0, 0.06)])

    def _row(self, voice: str, bpm: float) -> str:
        for _ in range(8):
            row = pattern(self.rng, self.metre, voice)
            strokes = sum(sign != "." for sign in row) / self.metre.beats * bpm / 60
            slow, fast = FEELS.get(row, (0.0, 400.0)) if voice == "snare" else (0.0, 400.0)
            if strokes < (7.5 if voice == "cymbal" else 6.5) and slow <= bpm < fast:
                break
        return row

    @property
    def marked(self) -> bool:
        """Whether a snare on the second or last beat makes the tempo clear."""
        steps = self.metre.steps
        beats = (steps, (self.metre.beats - 1) * steps)
        return any(
            pitch in SNARES and any(rows[0][beat] in "xX" for beat in beats)
            for pitch, rows, _ in self.rows
        )

    def _free(self) -> str:
        chance = self.metre.weights() * self.rng.uniform(0.2, 0.9)
        return "".join("x" if self.rng.random() < c else "." for c in chance)

    def bar(self, at: float, crash: bool = False) -> list[Note]:
        """The notes of a bar starting at beat `at`."""
        rng, steps = self.rng, self.metre.steps
        notes = []
        self.turn += 1
        for pitch, rows, level in self.rows:
            for step, sign in enumerate(rows[self.turn % len(rows)]):
                if sign == "." and rng.random() < self.extra * 0.3 and step:
                    sign = "o"
                if sign != "." and rng.random() >= self.sloppy * (step > 0):
                    velocity = level * LOUD[sign] * rng.uniform(0.85, 1.0)
                    notes.append(Note(at + step / steps, 0.2, pitch, velocity))
        if crash:
            notes.append(Note(at, 2.0, int(rng.choice(CRASHES)), rng.uniform(0.7, 1.0)))
        return notes

    def fill(self, at: float) -> list[Note]:
        """A bar that ends with a fill on toms or snare."""
        rng, steps = self.rng, self.metre.steps
        n = int(min(self.metre.beats, rng.choice([1, 1, 2, 2, 4])))
        begin = at + self.metre.beats - n
        notes = [note for note in self.bar(at) if note.at < begin]
        places = np.arange(n * steps)
        if steps == 4 and rng.random() < 0.5:
            places = places[::2]
        drums = rng.choice([38, *TOMS], size=3)
        for i, step in enumerate(places):
            if rng.random() < 0.85:
                pitch = int(drums[min(i * 3 // len(places), 2)])
                notes.append(Note(begin + step / steps, 0.2, pitch, rng.uniform(0.5, 1.0)))
        return notes
