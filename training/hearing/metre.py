"""Metres and tempos of practice songs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.hearing.score import Clock


@dataclass(frozen=True)
class Metre:
    """Groups of beats in a bar, and steps per beat (3 in compound metres)."""

    groups: tuple[int, ...]
    steps: int = 4

    @property
    def beats(self) -> int:
        return sum(self.groups)

    def weights(self) -> NDArray[np.float64]:
        """Metrical weight of each step of a bar: downbeat, groups, beats, off-beats."""
        weight = np.full(self.beats * self.steps, 0.25 if self.steps == 3 else 0.12)
        if self.steps == 4:
            weight[2::4] = 0.35
        weight[:: self.steps] = 0.6
        weight[(np.cumsum([0, *self.groups[:-1]]) * self.steps).astype(int)] = 0.8
        weight[0] = 1.0
        return weight


THREE_FOUR, SIX_EIGHT = Metre((3,)), Metre((1, 1), 3)
#: (chance, metre, slowest and fastest tempo)
METRES = (
    (0.48, Metre((2, 2)), (56, 212)),
    (0.03, Metre((2, 2), 3), (56, 170)),
    (0.17, THREE_FOUR, (72, 205)),
    (0.02, Metre((3,), 3), (60, 110)),
    (0.03, Metre((2,)), (70, 180)),
    (0.19, SIX_EIGHT, (50, 125)),
    (0.015, Metre((3, 2)), (95, 212)),
    (0.015, Metre((2, 3)), (95, 212)),
    (0.02, Metre((3, 3)), (95, 205)),
    (0.01, Metre((4, 2)), (95, 205)),
    (0.01, Metre((4, 3)), (110, 212)),
    (0.01, Metre((3, 2, 2)), (110, 212)),
)


def any_metre(rng: np.random.Generator, of: Metre | None = None) -> tuple[Metre, float]:
    """A random metre, or `of`, and a tempo in BPM that suits it."""
    rows = [row for row in METRES if of in (None, row[1])]
    chances = np.array([chance for chance, *_ in rows])
    _, metre, (slow, fast) = rows[rng.choice(len(rows), p=chances / chances.sum())]
    while True:
        bpm = 118 * 2 ** rng.normal(0, 0.45)
        if metre.steps == 3 and len(metre.groups) == metre.beats:
            bpm *= 0.7  # beats of three eighths are slow
        if rng.random() < 0.15:
            bpm = rng.uniform(slow, fast)
        if slow <= bpm <= fast:
            return metre, float(bpm)


def any_clock(
    rng: np.random.Generator, bpm: float, first: int, bars: list[int], swing: float
) -> Clock:
    """A clock from beat `first` to beyond the last bar: steady, stepped, ramped or drifting."""
    last = sum(bars) + 8
    at = np.arange(first, last + 1, dtype=float)
    tempo = np.full(len(at) - 1, bpm)
    kind = rng.random()
    bar = np.mean(bars)
    if kind < 0.12:  # drift, as in a live band
        drift = np.cumsum(rng.normal(0, 0.006, len(tempo)))
        tempo *= np.exp(drift - np.linspace(0, 1, len(tempo)) * drift[-1] * rng.random())
    elif kind < 0.22:  # a ramp over some bars
        begin = int(rng.integers(0, max(1, len(tempo) - 8)))
        n = int(rng.uniform(2, 16) * bar)
        to = np.clip(rng.uniform(0.75, 1.35), 52 / bpm, 215 / bpm)
        ramp = np.clip((np.arange(len(tempo)) - begin) / n, 0, 1)
        tempo *= to**ramp
    elif kind < 0.29:  # a new tempo at a bar line
        for _ in range(int(rng.integers(1, 3))):
            to = rng.choice([rng.uniform(0.7, 1.4), rng.uniform(0.9, 1.1)])
            line = int(np.cumsum(bars)[int(rng.integers(0, len(bars)))]) - first
            tempo[line:] = np.clip(tempo[line:] * to, 52, 215)
    elif kind < 0.35:  # a rubato opening
        n = int(rng.integers(2, 5) * bar)
        tempo[:n] *= rng.uniform(0.75, 1.0) * np.exp(rng.normal(0, 0.06, min(n, len(tempo))))
    if rng.random() < 0.08:  # a final ritardando
        n = int(2 * bar)
        tempo[len(tempo) - 8 - n : len(tempo) - 8] *= np.linspace(1, rng.uniform(0.55, 0.85), n)
    seconds = np.concatenate([[0.0], np.cumsum(60 / tempo)])
    seconds += rng.choice([0.0, rng.uniform(0, 0.5), rng.uniform(0, 4)])
    return Clock(at, seconds, swing)
