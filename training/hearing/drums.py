"""Drum parts: patterns of kick, snare and cymbals in free combination, fills, percussion."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from training.hearing.metre import Metre
from training.hearing.score import Note

KICKS, SNARES = (35, 36), (38, 40, 37, 39)
CLOSED, PEDAL, OPEN, RIDES, CRASHES = 42, 44, 46, (51, 59, 53), (49, 57, 55, 52)
TOMS = (50, 48, 47, 45, 43, 41)
#: shaker-like instruments that play cymbal patterns
SHAKEN = (54, 70, 69, 82, 56, 80, 75, 76, 62, 42)
#: General MIDI kits: standard, room, power, electronic, 808, jazz, brush, orchestra
KITS = (0, 0, 0, 0, 8, 16, 24, 25, 32, 40, 48)

# Chance and pattern; four steps a beat. A capital X is an accent, o a ghost note.
FOUR = {
    "kick": (
        (4, "X.......X......."),
        (3, "X...X...X...X..."),
        (2, "X.......X.x....."),
        (2, "X..x....X......."),
        (2, "X.....x.X......."),
        (1, "X......xX......."),
        (1, "X..x..x.X......."),
        (2, "X..............."),
        (1, "X.....x...x....."),
        (1, "X.x.....X.x....."),
        (1, "X.........x....."),
        (1, "X..x......x..x.."),
        (1, "X.......x..x...."),
        (1, "X...x.......x..."),
        (2, "................"),
        (1, "X..x...X..x....."),
        (1, "X.....xX..x...x."),
        (1, "x..x..x...x..x.."),
        (1, "......x......xX."),
    ),
    "snare": (
        (11, "....X.......X..."),
        (1.5, "........X......."),
        (1, "....X..o.o..X..."),
        (1, "....X.......X.x."),
        (1.2, "..x...x...x...x."),
        (1, "x.xoX.x.x.xoX.xo"),
        (1, "xoxxXoxxxoxxXoxx"),
        (1, "x..x..x...x.x..."),
        (1, "....X..x....X..."),
        (0.7, "....X..o.o.oX..o"),
        (2, "................"),
        (0.5, "..x.X.....x.X..."),
        (0.6, "x...X...x...X..."),
        (0.5, "..x.x...x..x..x."),
        (0.5, "x..x..x.x..x..x."),
    ),
    "cymbal": (
        (6, "x.x.x.x.x.x.x.x."),
        (3, "X.x.X.x.X.x.X.x."),
        (2, "xxxxxxxxxxxxxxxx"),
        (2, "XoxoXoxoXoxoXoxo"),
        (3, "x...x...x...x..."),
        (3, "..x...x...x...x."),
        (3, "x...x.x.x...x.x."),
        (1, "....x.......x..."),
        (1, "x..xx..xx..xx..x"),
        (1, "x.xxx.xxx.xxx.xx"),
        (3, "................"),
        (0.7, "x.xx.xx.x.xx.xx."),
    ),
}
THREE = {
    "kick": (
        (5, "X..........."),
        (1, "X.......x..."),
        (1, "X.....x....."),
        (1, "X...x......."),
        (1, "X.......x.x."),
        (1, "X...x...x..."),
        (1, "............"),
    ),
    "snare": (
        (5, "....x...x..."),
        (2, "........X..."),
        (1, "....X......."),
        (1, "......x....."),
        (1, "....x...x.x."),
        (2, "............"),
        (1, "..x.x.x.x.x."),
    ),
    "cymbal": (
        (3, "x.x.x.x.x.x."),
        (3, "X...x...x..."),
        (2, "x...x.x.x..."),
        (2, "....x...x..."),
        (1, "x...x...x.x."),
        (2, "............"),
        (1, "X.x.x.x.x.x."),
        (1, "xxxxxxxxxxxx"),
    ),
}
# Three steps a beat; two beats.
TRIPLE = {
    "kick": (
        (4, "X....."),
        (2, "X....x"),
        (2, "X..x.."),
        (1, "X.x..."),
        (1, "X.x..x"),
        (1, "......"),
    ),
    "snare": ((7, "...X.."), (1, "..oX.o"), (1, "..x..x"), (2, "......")),
    "cymbal": (
        (4, "xxxxxx"),
        (3, "X.xX.x"),
        (2, "x..x.."),
        (1, "x..x.x"),
        (2, "......"),
        (2, "XxxXxx"),
    ),
}
LOUD = {"X": 1.0, "x": 0.75, "o": 0.4}
#: Snares that mark half or double the tempo: slowest and fastest BPM at which that is no beat.
FEELS = {
    "........X.......": (0.0, 110.0),
    "..x...x...x...x.": (108.0, 400.0),
    "..x.X.....x.X...": (108.0, 400.0),
    "..x.x.x.x.x.": (108.0, 400.0),
}


def _pick(rng: np.random.Generator, table: Iterable[tuple[float, str]]) -> str:
    chances, patterns = zip(*table, strict=True)
    return str(rng.choice(patterns, p=np.array(chances) / sum(chances)))


def _pattern(rng: np.random.Generator, metre: Metre, voice: str) -> str:
    """One bar of a voice; longer metres are put together of groups of two, three and four."""
    if metre.steps == 3:
        row = _pick(rng, TRIPLE[voice])
        if metre.beats == 3:  # 9/8
            tail = {"kick": "...", "snare": row[3:], "cymbal": row[:3]}[voice]
            return row + tail
        return row * (metre.beats // 2)
    if metre.beats == 4 and rng.random() < 0.95:
        return _pick(rng, FOUR[voice])
    row = ""
    two = _pick(rng, FOUR[voice])[:8]
    three = _pick(rng, THREE[voice])
    for group in metre.groups if metre.beats != 4 else (4,):
        piece = {1: two[:4], 2: two, 3: three, 4: _pick(rng, FOUR[voice])}[group]
        if row and voice == "kick" and rng.random() < 0.4:
            piece = "." + piece[1:]
        row += piece
    return row


class Groove:
    """One bar of drums or two, played again and again with small changes.

    Parameters
    ----------
    rng : np.random.Generator
    metre : Metre
    bpm : float
        Fast songs get fewer strokes a beat, slow ones more.
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
        if rng.random() < 0.12:  # something all its own, by the weights of the metre
            voices.append(("free", int(rng.choice([*TOMS, 64, 63, 61, 60, 65, 77])), 0.8))
        dropped = rng.choice([None, "kick", "snare", "cymbal"], p=[0.82, 0.05, 0.06, 0.07])
        for voice, pitch, level in voices:
            if voice == dropped:
                continue
            row = self._free() if voice == "free" else self._row(voice, bpm)
            rows: tuple[str, ...] = (row,)
            if double and voice != "cymbal":  # the second bar ends otherwise
                other = self._free() if voice == "free" else self._row(voice, bpm)
                cut = int(metre.beats // 2 * metre.steps)
                rows = (row, row[:cut] + other[cut:])
            self.rows.append((pitch, rows, level))
        self.sloppy = rng.choice([0.0, rng.uniform(0, 0.12)])
        self.extra = rng.choice([0.0, rng.uniform(0, 0.06)])

    def _row(self, voice: str, bpm: float) -> str:
        for _ in range(8):
            row = _pattern(self.rng, self.metre, voice)
            strokes = sum(sign != "." for sign in row) / self.metre.beats * bpm / 60
            slow, fast = FEELS.get(row, (0.0, 400.0)) if voice == "snare" else (0.0, 400.0)
            if strokes < (7.5 if voice == "cymbal" else 6.5) and slow <= bpm < fast:
                break
        return row

    @property
    def marked(self) -> bool:
        """Whether a snare on the second or the last beat tells how fast the beat is."""
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
        """The notes of the bar that begins at beat `at`."""
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
        """A bar whose end is a fill: strokes over toms or snare for the last beat or beats."""
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
