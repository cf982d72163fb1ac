"""Oscillator and noise: periodic and random motion, averaged over each frame."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from phosphene.bounds import VALUES, require_affordable
from phosphene.modulators.modulator import Modulator
from phosphene.score.channels import Curve
from phosphene.score.curves.envelopes import edges
from phosphene.score.curves.splines import clamped
from phosphene.score.timeline import Timeline
from phosphene.score.units import Length, Period
from phosphene.song.song import Song


def turns(period: Length, timeline: Timeline, times: Curve) -> Curve:
    """The number of elapsed periods at given times.

    Parameters
    ----------
    period : Length
        Longer than 0. In beats or bars it follows changes of the tempo, and a cycle begins on
        beat 1 or bar 1; otherwise at the song's first sample.
    timeline : Timeline
    times : ndarray, shape (n,)
        Seconds.

    Returns
    -------
    ndarray, shape (n,)
    """
    match period.unit:
        case "beat":
            return (timeline.tempo_map.time_beat(times) - 1.0) / period.value
        case "bar":
            return (timeline.tempo_map.time_bar(times) - 1.0) / period.value
    return times / timeline.length(period)


def frame_means(integral: Callable[[Curve, Curve], Curve], turned: Curve) -> Curve:
    """The mean of a periodic shape over each frame.

    Unlike sampling, this does not alias: a wave that is faster than the frame rate fades to its
    mean, no pulse is missed, and the sum is the same at every frame rate.

    Parameters
    ----------
    integral : callable
        integral(begin, end): the integral of the shape over cycles, both of shape (n_frames,).
    turned : ndarray, shape (n_frames + 1,)
        `turns` at the `edges` of the frames.

    Returns
    -------
    ndarray, shape (n_frames,)
    """
    return integral(turned[:-1], turned[1:]) / np.diff(turned)


# The integral of each wave from 0 to u, the fraction of a cycle; waves range from -1 to 1.


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
    period: Period = Field("1 bar", validate_default=True, description="time of one cycle")
    phase: float = Field(0.0, description="start within the cycle: 0.25 is a quarter")
    duty: float = Field(0.25, gt=0, lt=1, description="share of a cycle in which a pulse is high")
    low: float = Field(-1.0, description="value at the bottom")
    high: float = Field(1.0, description="value at the top")

    def curves(self, song: Song, timeline: Timeline) -> dict[str, Curve]:
        turned = turns(self.period, timeline, edges(timeline)) + self.phase
        wave = frame_means(self._integral, turned)
        return {"value": self.low + (self.high - self.low) * 0.5 * (wave + 1.0)}

    def _integral(self, begin: Curve, end: Curve) -> Curve:
        integral = partial(_WAVES[self.wave], duty=self.duty)
        turned: Curve = np.floor(end) - np.floor(begin)
        rest = integral(u=end - np.floor(end)) - integral(u=begin - np.floor(begin))
        return turned * integral(u=np.ones(1)) + rest


_FASTEST = 100.0  # cycles per second: faster ones are invisible, and an hour of them fills memory
_EDGE = 16  # lattice points beyond both ends, so that the ends of the spline are outside


class Noise(Modulator):
    """Smooth noise around 0, about -1 to 1; the same seed gives the same motion.

    The noise is a spline through random values, one per `period`; each further octave is twice as
    fast. Each frame uses the mean of the noise over the time that it is shown.
    `look = "handheld"` uses it for a hand-held camera.
    """

    name: ClassVar = "noise"
    by_interval: ClassVar = True
    period: Period = Field(
        "1s", validate_default=True, description="time between random values of the slowest octave"
    )
    octaves: int = Field(2, ge=1, le=8, description="number of octaves; each is twice as fast")
    roughness: float = Field(
        0.5, ge=0, le=1, description="amplitude of each octave relative to the previous one"
    )
    seed: int = Field(0, ge=0, lt=2**63, description="random seed")

    def curves(self, song: Song, timeline: Timeline) -> dict[str, Curve]:
        turned = turns(self.period, timeline, edges(timeline))
        rate = (turned[-1] - turned[0]) * float(timeline.fps) / timeline.n_frames
        heights = self.roughness ** np.arange(self.octaves)
        heights /= np.sqrt(np.sum(heights**2))  # the power of the octaves adds up
        value = np.zeros(timeline.n_frames)
        for octave, height in enumerate(heights):
            if rate * 2.0**octave <= _FASTEST:
                value += height * self._octave(octave, turned * 2.0**octave)
        return {"value": value}

    def _octave(self, octave: int, turned: Curve) -> Curve:
        # Values are drawn in order of time, so a longer song starts like a shorter one.
        draw = np.random.default_rng([self.seed, octave])
        first = np.floor(turned[0])
        count = int(np.ceil(turned[-1]) - first) + 1 + 2 * _EDGE
        require_affordable(count, "periods of noise", "Lengthen the period.", VALUES // 4)
        lattice = first - _EDGE + np.arange(count)
        integral = clamped(lattice, draw.uniform(-1.0, 1.0, count)).integral
        return frame_means(lambda begin, end: integral(end) - integral(begin), turned)
