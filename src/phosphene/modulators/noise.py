"""Noise: smooth random motion."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field
from scipy.interpolate import CubicSpline

from phosphene.bounds import VALUES, require_affordable
from phosphene.modulators.modulator import Modulator
from phosphene.score.channels import Curve
from phosphene.score.cycles import edges, mean_shown, turns
from phosphene.score.timeline import Timeline
from phosphene.score.units import Period
from phosphene.song.song import Song

_FASTEST = 100.0  # cycles per second: faster ones are invisible, and an hour of them fills memory
_EDGE = 16  # lattice points beyond both ends, so that the ends of the spline are outside


class Noise(Modulator):
    """Smooth noise around 0, about -1 to 1; the same seed gives the same motion.

    A spline through random values, one per `period`; each further octave is twice as fast. It is
    defined in continuous time, and each frame uses its mean over the time that it is shown.
    `look = "handheld"` uses it for a hand-held camera.
    """

    name: ClassVar = "noise"
    by_interval: ClassVar = True
    period: Period = Field("1s", description="time between random values of the slowest octave")
    octaves: int = Field(2, ge=1, le=8, description="number of octaves; each is twice as fast")
    roughness: float = Field(
        0.5, ge=0, le=1, description="amplitude of each octave over the previous"
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
        require_affordable(count, "turns of noise", "Lengthen the period.", VALUES // 4)
        lattice = first - _EDGE + np.arange(count)
        integral = CubicSpline(lattice, draw.uniform(-1.0, 1.0, count)).antiderivative()
        return mean_shown(lambda begin, end: integral(end) - integral(begin), turned)
