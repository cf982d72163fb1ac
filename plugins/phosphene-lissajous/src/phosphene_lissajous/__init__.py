"""Lissajous camera paths for Phosphene."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import numpy as np
from phosphene import Curve, Modulator, Period, Song, Timeline, hookimpl
from pydantic import Field


class Lissajous(Modulator):
    """Moves the camera along a Lissajous figure and back to its starting point.

    The picture is at x = reach_x sin(2 pi (across t / period + phase)) and
    y = reach_y sin(2 pi down t / period). The translations are the derivatives.
    """

    name: ClassVar = "lissajous"
    across: int = Field(3, ge=1, le=1000, description="horizontal waves per period")
    down: int = Field(2, ge=1, le=1000, description="vertical waves per period")
    phase: float = Field(0.0, description="horizontal phase in turns: 0.25 makes 1:1 a circle")
    reach_x: float = Field(30.0, description="horizontal amplitude, px")
    reach_y: float = Field(20.0, description="vertical amplitude, px")
    period: Period = Field("8 bars", description="time of one complete figure")

    def curves(self, song: Song, timeline: Timeline) -> dict[str, Curve]:
        period = timeline.length(self.period)
        frames = period * float(timeline.project_fps)  # speeds are per frame of the project
        turn = 2.0 * np.pi * timeline.times / period

        def speed(waves: int, reach: float, ahead: float) -> Curve:
            return 2.0 * np.pi * waves / frames * reach * np.cos(waves * turn + ahead)

        return {
            "translation_x": speed(self.across, self.reach_x, 2.0 * np.pi * self.phase),
            "translation_y": speed(self.down, self.reach_y, 0.0),
        }


@hookimpl
def register_modulators(register: Callable[[type[Modulator]], None]) -> None:
    register(Lissajous)
