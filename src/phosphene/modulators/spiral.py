"""Spiral: a zoom that eases from one value to another."""

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
    """Zoom that eases from a start to an end value with a cosine; combine it with an orbit.

    Zoom is a factor per frame. The default of 1.02 doubles the picture every 35 frames; a value
    such as 1.5 enlarges it 437 times per second at 15 fps and destroys it.
    """

    name: ClassVar = "spiral"
    start_zoom: float = Field(1.0, gt=0, description="factor per frame at the start")
    end_zoom: float = Field(1.02, gt=0, description="factor per frame at the end; 1.02 is fast")
    period: Span = Field("100%", description="time from start to end; the end value is then held")

    def curves(self, song: Song, timeline: Timeline) -> dict[str, Curve]:
        share = np.clip(timeline.times / max(timeline.length(self.period), 1e-9), 0.0, 1.0)
        eased = 0.5 * (1.0 - np.cos(np.pi * share))
        return {"zoom": self.start_zoom + eased * (self.end_zoom - self.start_zoom)}
