"""The data of a practice song: notes in beats, and the mapping from beats to seconds."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

DRUMS = -1  # the programme of a drum part


@dataclass(frozen=True)
class Note:
    """A note: `at` (from the first downbeat) and `length` in beats, MIDI pitch, velocity 0 to 1."""

    at: float
    length: float
    pitch: int
    velocity: float


@dataclass
class Part:
    """The notes of one instrument: a General MIDI programme, or `DRUMS`."""

    programme: int
    notes: list[Note] = field(default_factory=list)
    volume: float = 1.0
    late: float = 0.0  # seconds behind the beat
    loose: float = 0.0  # standard deviation of its timing, in seconds
    pan: float = 0.5
    kit: int = 0  # the General MIDI kit, of a drum part


@dataclass(frozen=True, eq=False)
class Clock:
    """Beats to seconds: a piecewise-linear mapping with swing.

    `swing` is the position of the off-beat within a beat: 0.5 is straight, 2/3 triplets.
    """

    beats: NDArray[np.float64]
    seconds: NDArray[np.float64]
    swing: float = 0.5

    def time(self, at: NDArray[np.float64]) -> NDArray[np.float64]:
        """Positions in beats to seconds."""
        whole = np.floor(at + 1e-9)
        inside = at - whole
        s = self.swing
        swung = np.where(inside < 0.5, inside * 2 * s, s + (inside - 0.5) * 2 * (1 - s))
        return np.interp(whole + swung, self.beats, self.seconds)


@dataclass(eq=False)
class Piece:
    """A song: parts, clock, beats in each bar (from beat 0), and pick-up.

    A `closed` song has a final chord on the downbeat after the last bar.
    """

    parts: list[Part]
    clock: Clock
    bars: list[int]
    pickup: int  # beats before the first downbeat
    ring: float = 1.0  # seconds after the last beat
    closed: bool = False

    @property
    def n_beats(self) -> int:
        return sum(self.bars)

    @property
    def beats(self) -> NDArray[np.float64]:
        """Times of all beats in seconds, including the pick-up."""
        return self.clock.time(np.arange(-self.pickup, self.n_beats + self.closed, dtype=float))

    @property
    def downbeats(self) -> NDArray[np.float64]:
        """Times of the downbeats in seconds."""
        lines = np.cumsum([0, *self.bars]).astype(float)
        return self.clock.time(lines if self.closed else lines[:-1])

    @property
    def length(self) -> float:
        """Length in seconds."""
        return float(self.clock.time(np.array([float(self.n_beats)]))[0]) + self.ring
