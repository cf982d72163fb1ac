"""Keys and chords of practice songs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.hearing.metre import Metre

MODES = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "blues": (0, 2, 3, 5, 7, 9, 10),
}
#: Degrees of the scale, one a bar, 0 is the tonic.
PROGRESSIONS = (
    (0, 4, 5, 3), (0, 3, 4, 4), (0, 3, 4, 0), (5, 3, 0, 4), (0, 5, 3, 4), (0, 0, 3, 4),
    (1, 4, 0, 0), (0, 5, 1, 4), (0, 6, 5, 6), (0, 6, 5, 4), (0, 0, 4, 4, 4, 4, 0, 0),
    (0, 0, 0, 0, 3, 3, 0, 0, 4, 3, 0, 4), (0, 3, 0, 0, 3, 3, 0, 0, 4, 3, 0, 0),
    (0, 4), (0, 3), (0, 6), (0, 0, 0, 0), (0, 2, 3, 4), (0, 3, 6, 2, 5, 1, 4, 0),
    (0, 1, 0, 4), (0, 0, 4, 0, 0, 0, 4, 0), (0, 0, 3, 0, 0, 4, 0, 4),
)  # fmt: skip


@dataclass(frozen=True)
class Chord:
    """A chord on a degree of the scale, `length` beats long, starting at beat `at`."""

    at: float
    length: float
    degree: int
    key: int
    scale: tuple[int, ...]

    def pitch(self, step: int, octave: int) -> int:
        """MIDI pitch of the note `step` scale degrees above the root."""
        turn, place = divmod(self.degree + step, 7)
        return 12 * (octave + 1 + turn) + self.key + self.scale[place]

    def near(self, step: int, centre: int) -> int:
        """The same in the octave around `centre`."""
        pitch = self.pitch(step, 4)
        return pitch + 12 * round((centre - pitch) / 12)


def _moving(row: tuple[int, ...]) -> tuple[int, ...]:
    """The progression without repeated degrees, including from the last to the first."""
    changes = [degree for last, degree in zip((row[-1], *row), row, strict=False) if degree != last]
    return tuple(changes) if len(changes) > 1 else (0, 4)


class Harmony:
    """Chord progressions that change mostly at bar lines, sometimes within bars."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.key = int(rng.integers(0, 12))
        self.scale = MODES[str(rng.choice(list(MODES), p=[0.4, 0.3, 0.1, 0.1, 0.1]))]
        self.rng = rng

    def section(self, metre: Metre, bars: int) -> list[list[Chord]]:
        """The chords of each bar, with positions from the section's first beat."""
        rng = self.rng
        row = PROGRESSIONS[rng.integers(len(PROGRESSIONS))]
        if rng.random() < 0.25:
            row = tuple(rng.integers(0, 7, rng.choice([2, 4, 4, 8])).tolist())
        slow = int(rng.choice([1, 1, 1, 2]))  # bars per chord
        split = rng.choice([0.0, rng.uniform(0, 0.5), 0.8], p=[0.55, 0.33, 0.12])
        if metre.beats == 2:  # only chord changes distinguish 2/4 from 4/4
            row, slow, split = _moving(row), 1, 0.0
        section = []
        for bar in range(bars):
            at, degree = float(bar * metre.beats), int(row[bar // slow % len(row)])
            cut = metre.groups[0] if len(metre.groups) > 1 else metre.beats - 1
            if cut > 0 and rng.random() < split:
                other = int(rng.choice([4, 3, 0, 5, row[(bar // slow + 1) % len(row)]]))
                section.append(
                    [self._chord(at, cut, degree), self._chord(at + cut, metre.beats - cut, other)]
                )
            else:
                section.append([self._chord(at, metre.beats, degree)])
        return section

    def _chord(self, at: float, length: float, degree: int) -> Chord:
        return Chord(at, length, degree, self.key, self.scale)
