"""What a practice song is made of: notes on a grid of beats, and the map from beats to seconds."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

DRUMS = -1  # the programme of a drum part


@dataclass(frozen=True)
class Note:
    """One note: `at` and `length` in beats from the first downbeat, MIDI pitch, velocity 0 to 1."""

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
    """Beats to seconds: knots of a piecewise-linear map, and how much off-beats swing.

    `swing` is where the middle of a beat comes to lie: 0.5 is straight, 2/3 triplets.
    """

    beats: NDArray[np.float64]
    seconds: NDArray[np.float64]
    swing: float = 0.5

    def time(self, at: NDArray[np.float64]) -> NDArray[np.float64]:
        """Seconds of positions in beats."""
        whole = np.floor(at + 1e-9)
        inside = at - whole
        s = self.swing
        swung = np.where(inside < 0.5, inside * 2 * s, s + (inside - 0.5) * 2 * (1 - s))
        return np.interp(whole + swung, self.beats, self.seconds)


@dataclass(eq=False)
class Piece:
    """A whole song: parts, clock, bars (beats in each, from beat 0 on), pick-up and length.

    Where it is `closed`, a last chord on the beat after the last bar begins one more.
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
        """Seconds of all beats, those of the pick-up included."""
        return self.clock.time(np.arange(-self.pickup, self.n_beats + self.closed, dtype=float))

    @property
    def downbeats(self) -> NDArray[np.float64]:
        """Seconds at which bars begin."""
        lines = np.cumsum([0, *self.bars]).astype(float)
        return self.clock.time(lines if self.closed else lines[:-1])

    @property
    def length(self) -> float:
        """Seconds of the whole song."""
        return float(self.clock.time(np.array([float(self.n_beats)]))[0]) + self.ring
