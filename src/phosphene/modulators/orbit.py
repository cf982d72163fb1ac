"""Orbit: moves the camera in an ellipse."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from phosphene.modulators.modulator import Modulator
from phosphene.score.channels import Curve
from phosphene.score.timeline import Timeline
from phosphene.score.units import Span
from phosphene.song.song import Song


class Orbit(Modulator):
    """Elliptical camera orbit that loops smoothly.

    translation_x = radius_x cos(2 pi t / period), translation_y = radius_y sin(2 pi t / period).
    """

    name: ClassVar = "orbit"
    radius_x: float = Field(3.0, description="peak horizontal speed, px per frame")
    radius_y: float = Field(2.0, description="peak vertical speed, px per frame")
    period: Span = Field("8 bars", description="time of one turn")

    def curves(self, song: Song, timeline: Timeline) -> dict[str, Curve]:
        period = max(timeline.length(self.period), 1e-9)
        angle = 2.0 * np.pi * timeline.times / period
        return {
            "translation_x": self.radius_x * np.cos(angle),
            "translation_y": self.radius_y * np.sin(angle),
        }
