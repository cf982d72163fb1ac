"""Spiral: a zoom that eases from one speed to another."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from phosphene.modulators.modulator import Modulator
from phosphene.score.channels import Curve
from phosphene.score.timeline import Timeline
from phosphene.score.units import Span
from phosphene.song.song import Song


class Spiral(Modulator):
    """Zoom that eases from a start to an end with a cosine; lay it over an orbit for a spiral.

    The article's `spiral_zoom_keys`. Its `end_zoom = 1.5` is a trap: zoom is a factor per frame,
    and 1.5 a frame is 437 times larger every second at 15 fps: nothing of the picture is left.
    The default of 1.02 doubles the picture every 35 frames.
    """

    name: ClassVar = "spiral"
    start_zoom: float = Field(1.0, gt=0, description="factor per frame at the beginning")
    end_zoom: float = Field(1.02, gt=0, description="factor per frame at the end; 1.02 is fast")
    period: Span = Field("100%", description="time from start to end; then held")

    def curves(self, song: Song, timeline: Timeline) -> dict[str, Curve]:
        share = np.clip(timeline.times / max(timeline.length(self.period), 1e-9), 0.0, 1.0)
        eased = 0.5 * (1.0 - np.cos(np.pi * share))
        return {"zoom": self.start_zoom + eased * (self.end_zoom - self.start_zoom)}
