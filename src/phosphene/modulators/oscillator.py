"""Oscillator: a periodic wave."""

from __future__ import annotations

from functools import partial
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from phosphene.modulators.modulator import Modulator
from phosphene.score.channels import Curve
from phosphene.score.cycles import edges, mean_shown, turns
from phosphene.score.timeline import Timeline
from phosphene.score.units import Period
from phosphene.song.song import Song

# The integral of each wave from 0 to u, where u is the fraction of a turn; waves span -1 to 1.


def _sine(u: Curve, duty: float) -> Curve:
    return (1.0 - np.cos(2.0 * np.pi * u)) / (2.0 * np.pi)


def _triangle(u: Curve, duty: float) -> Curve:
    # 1 at a quarter and -1 at three quarters, like the sine.
    falling = 0.125 + (u - 0.25) - 2.0 * (u - 0.25) ** 2
    return np.where(u < 0.25, 2.0 * u**2, np.where(u < 0.75, falling, 2.0 * (1.0 - u) ** 2))


def _saw(u: Curve, duty: float) -> Curve:
    return u**2 - u


def _pulse(u: Curve, duty: float) -> Curve:
    return 2.0 * np.minimum(u, duty) - u


_WAVES = {
    "sine": _sine,
    "triangle": _triangle,
    "saw": _saw,
    "square": lambda u, duty: _pulse(u, 0.5),
    "pulse": _pulse,
}


class Oscillator(Modulator):
    """A wave between `low` and `high` that repeats with a period, in time with the song.

    Each frame uses the mean of the wave over the time that it is shown. A wave that is faster than
    the frame rate therefore fades to its mean instead of aliasing.
    """

    name: ClassVar = "oscillator"
    by_interval: ClassVar = True
    wave: Literal["sine", "triangle", "saw", "square", "pulse"] = Field(
        "sine", description="sine; triangle; saw (rises); square; pulse (high for `duty`)"
    )
    period: Period = Field("1 bar", description="time of one cycle")
    phase: float = Field(0.0, description="start within the cycle: 0.25 is a quarter")
    duty: float = Field(0.25, gt=0, lt=1, description="share of a cycle in which a pulse is high")
    low: float = Field(-1.0, description="value at the bottom")
    high: float = Field(1.0, description="value at the top")

    def curves(self, song: Song, timeline: Timeline) -> dict[str, Curve]:
        turned = turns(self.period, timeline, edges(timeline)) + self.phase
        wave = mean_shown(self._integral, turned)
        return {"value": self.low + (self.high - self.low) * 0.5 * (wave + 1.0)}

    def _integral(self, begin: Curve, end: Curve) -> Curve:
        integral = partial(_WAVES[self.wave], duty=self.duty)
        whole = np.floor(end) - np.floor(begin)
        rest = integral(u=end - np.floor(end)) - integral(u=begin - np.floor(begin))
        return whole * integral(u=np.ones(1)) + rest
