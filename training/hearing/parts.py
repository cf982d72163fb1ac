"""Bass, accompaniment and melody of practice songs, a bar at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from training.hearing.harmony import Chord
from training.hearing.metre import Metre
from training.hearing.score import Note

#: General MIDI programmes by role.
BASSES = (32, 33, 33, 34, 35, 36, 37, 38, 39, 43, 58, 0, 87)
CHORDAL = (0, 0, 1, 2, 3, 4, 5, 6, 7, 11, 15, 16, 17, 18, 21, 24, 24, 25, 25, 26, 27, 28, 29, 30,
           46, 61, 62, 63, 105, 107, 8, 12, 13, 45)  # fmt: skip
GUITARS = (25, 26, 27, 28, 29, 30)
PADS = (48, 49, 50, 51, 52, 88, 89, 90, 91, 92, 94, 95, 16, 19, 20, 61)
LEADS = (0, 4, 11, 12, 21, 22, 24, 25, 26, 27, 30, 40, 41, 42, 46, 52, 56, 56, 57, 59, 60, 64, 65,
         65, 66, 68, 71, 71, 72, 73, 73, 74, 75, 78, 79, 80, 81, 82, 85, 104,
         105, 110, 13)  # fmt: skip

Player = Callable[[list[Chord]], list[Note]]


def _steps(metre: Metre, row: list[float], chord: Chord) -> list[float]:
    return [step for step in row if chord.at <= step < chord.at + chord.length]


class Bass:
    """A bass line in one manner, random by default, for the song."""

    MANNERS = ("root", "fifth", "walk", "eighths", "boogie", "funk", "beats", "half",
               "dotted", "tumbao")  # fmt: skip

    def __init__(
        self, rng: np.random.Generator, metre: Metre, bpm: float, manner: str = ""
    ) -> None:
        self.rng, self.metre = rng, metre
        manners = [m for m in self.MANNERS if bpm < 170 or m not in ("boogie", "funk", "eighths")]
        self.manner = manner or str(rng.choice(manners))
        self.octave = int(rng.choice([1, 2, 2]))
        self.short = rng.uniform(0.4, 1.0)
        chance = metre.weights() * rng.uniform(0.5, 1.0)
        self.rhythm = np.flatnonzero(rng.random(len(chance)) < chance) / metre.steps
        third = 0.5 if metre.steps == 4 else 2 / 3
        if self.manner == "dotted":  # one, the and of two; three
            self.rhythm = np.array(
                [b + r for b in range(0, metre.beats, 2) for r in (0, 1 + third)]
            )
        elif self.manner == "tumbao":  # the and of two, and four; seldom one
            self.rhythm = np.array([1 + third, metre.beats - 1])
        self.accent = rng.uniform(0, 0.35)

    def __call__(self, chords: list[Chord]) -> list[Note]:
        rng, notes = self.rng, []
        begin = chords[0].at
        for chord in chords:
            beats = chord.at + np.arange(0, chord.length)
            if self.manner == "root":
                line = [(chord.at, chord.length, 0)]
            elif self.manner == "fifth":
                line = [
                    (b, 1.0, 0 if i == 0 else rng.choice([4, 4, 0]))
                    for i, b in enumerate(beats)
                    if i % 2 == 0 or (self.metre.beats == 3 and i == 0)
                ]
            elif self.manner == "half":
                line = [
                    (b, 2.0, 0 if i == 0 else rng.choice([0, 2, 4]))
                    for i, b in enumerate(beats)
                    if i % 2 == 0
                ]
            elif self.manner == "walk":
                line = [
                    (b, 1.0, 0 if i == 0 else int(rng.integers(-2, 7))) for i, b in enumerate(beats)
                ]
            elif self.manner == "beats":
                line = [(b, 1.0, 0) for b in beats]
            elif self.manner in ("funk", "dotted", "tumbao"):
                line = [
                    (begin + r, 0.5, rng.choice([0, 0, 0, 4, 7]))
                    for r in self.rhythm
                    if chord.at <= begin + r < chord.at + chord.length
                ]
            else:
                n = 2 if self.metre.steps == 4 else 3
                cells = (0, 2, 4, 5, 6, 5, 4, 2) if self.manner == "boogie" else (0,)
                line = [
                    (chord.at + i / n, 1 / n, cells[i % len(cells)])
                    for i in range(int(chord.length * n))
                ]
            for at, length, step in line:
                accent = self.accent * (at > begin)
                pitch = chord.pitch(int(step), self.octave)
                notes.append(Note(float(at), length * self.short, pitch, 0.85 - accent))
        return notes


class Comping:
    """Chords in one manner for the song: held, strummed, off-beat, broken or syncopated."""

    MANNERS = ("held", "beats", "off", "pah", "and", "broken", "synco", "stabs")

    def __init__(
        self, rng: np.random.Generator, metre: Metre, bpm: float, manner: str = ""
    ) -> None:
        self.rng, self.metre = rng, metre
        self.manner = manner or str(rng.choice(self.MANNERS))
        self.centre = int(rng.integers(52, 74))
        self.tones = (0, 2, 4) if rng.random() < 0.6 else (0, 2, 4, 6)
        self.short = rng.uniform(0.3, 0.95)
        self.fine = 2 if metre.steps == 4 and (bpm > 110 or rng.random() < 0.4) else metre.steps
        self.order = [int(i) for i in rng.integers(0, 4, 16)]
        if rng.random() < 0.6:
            self.order = [0, 1, 2, 3, 2, 1] if metre.steps == 3 else [0, 1, 2, 1]
        chance = metre.weights() * rng.uniform(0.4, 0.9)
        self.rhythm = np.flatnonzero(rng.random(len(chance)) < chance) / metre.steps

    def __call__(self, chords: list[Chord]) -> list[Note]:
        notes: list[Note] = []
        begin, beats = chords[0].at, self.metre.beats
        for chord in chords:
            pitches = sorted(chord.near(tone, self.centre) for tone in self.tones)
            places: list[tuple[float, float]] = []
            if self.manner == "held":
                places = [(chord.at, chord.length)]
            elif self.manner == "beats":
                places = [(chord.at + i, 1.0) for i in range(int(chord.length))]
            elif self.manner == "off":  # 2 and 4, or 2 and 3
                wanted = range(1, beats, 2) if beats != 3 else range(1, 3)
                places = [(begin + i, 1.0) for i in wanted]
            elif self.manner in ("pah", "and"):  # the and of each beat
                third = 0.5 if self.metre.steps == 4 else 2 / 3
                places = [(chord.at + i + third, 0.5) for i in range(int(chord.length))]
            elif self.manner == "stabs":
                places = [(chord.at, 0.5)]
            elif self.manner == "synco":
                places = [(begin + float(r), 0.5) for r in self.rhythm]
            else:
                n = int(chord.length * self.fine)
                for i in range(n):
                    pitch = pitches[self.order[i % len(self.order)] % len(pitches)]
                    length = 1.5 / self.fine
                    notes.append(Note(chord.at + i / self.fine, length, pitch, 0.7))
            for at, length in places:
                if chord.at <= at < chord.at + chord.length:
                    loud = 0.75 if at == begin else 0.68
                    notes += [Note(at, length * self.short, pitch, loud) for pitch in pitches]
        return notes


class Melody:
    """A melody: a rhythm of up to four bars that repeats over the chords."""

    def __init__(
        self, rng: np.random.Generator, metre: Metre, bpm: float, low: bool = False
    ) -> None:
        if metre.steps == 4 and rng.random() < 0.08:
            metre = Metre(metre.groups, 3)  # triplets against the others
        self.rng, self.metre = rng, metre
        self.centre = int(rng.integers(34, 52) if low else rng.integers(58, 86))
        size = int(rng.choice([1, 2, 2, 4]))
        dense = rng.uniform(0.3, 1.0) * min(1.0, 150 / bpm)
        self.motif = [self._rhythm(dense) for _ in range(size)]
        self.pitches = [int(p) for p in rng.integers(-4, 5, 64)]
        self.legato = rng.uniform(0.5, 1.0)
        self.bar = 0

    def _rhythm(self, dense: float) -> np.ndarray:
        weights = self.metre.weights()
        if self.rng.random() < 0.25:  # syncopated: off-beats get as much weight
            weights = np.maximum(np.roll(weights, -self.metre.steps // 2) * 0.9, weights * 0.6)
        if self.rng.random() < 0.2:
            weights[0] *= 0.3
        return np.flatnonzero(self.rng.random(len(weights)) < weights * dense * 1.3)

    def __call__(self, chords: list[Chord]) -> list[Note]:
        begin, steps = chords[0].at, self.metre.steps
        rhythm = self.motif[self.bar % len(self.motif)]
        if self.rng.random() < 0.2:
            rhythm = self._rhythm(0.7)
        self.bar += 1
        ends = [*rhythm[1:], self.metre.beats * steps][: len(rhythm)]
        notes = []
        for i, (step, end) in enumerate(zip(rhythm, ends, strict=True)):
            at = begin + step / steps
            chord = next(c for c in reversed(chords) if c.at <= at + 1e-9)
            strong = step % steps == 0 and self.rng.random() < 0.6
            tone = self.pitches[i % 64] if not strong else int(self.rng.choice([0, 2, 4]))
            length = (end - step) / steps * self.legato
            notes.append(
                Note(at, max(length, 0.1), chord.near(tone, self.centre), 0.9 if strong else 0.78)
            )
        return notes


class Pushed:
    """A player who anticipates the downbeat: its notes move to the off-beat before."""

    def __init__(self, rng: np.random.Generator, metre: Metre, player: Player) -> None:
        self.rng, self.player = rng, player
        self.ahead = 0.5 if metre.steps == 4 else 1 / 3
        self.often = rng.uniform(0.2, 1.0)

    def __call__(self, chords: list[Chord]) -> list[Note]:
        begin, notes = chords[0].at, self.player(chords)
        if begin == 0 or self.rng.random() > self.often:
            return notes
        return [
            Note(n.at - self.ahead, n.length, n.pitch, n.velocity) if n.at == begin else n
            for n in notes
        ]
