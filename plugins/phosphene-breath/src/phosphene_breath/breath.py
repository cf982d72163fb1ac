"""Breath: an envelope that breathes with the bars, deeper where the song is dense."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from phosphene import Curve, Modulator, Song, Timeline
from pydantic import Field


class Breath(Modulator):
    """Breathes in and out with the bars: shallow in a break, deep where the song is dense.

    Reads the feature `density` of this plugin, or any other. The peak is in the middle of a
    breath. Without beats, a bar is two seconds.
    """

    name: ClassVar = "breath"
    bars: float = Field(1.0, ge=0.25, le=64, description="length of one breath in bars")
    feature: str = Field("density", description="the feature that sets the depth")
    rest: float = Field(0.1, ge=0, le=1, description="depth where the feature is 0")
    swell: float = Field(0.4, ge=0, le=1, description="share that is held between full breaths")
    bend: float = Field(1.5, ge=0.1, le=10, description="above 1, only high values breathe deep")

    def curves(self, song: Song, timeline: Timeline) -> dict[str, Curve]:
        heard = song.feature(self.feature)
        places = np.arange(len(heard.values)) * heard.hop
        full = np.interp(timeline.times, places, np.clip(heard.values, 0.0, 1.0)) ** self.bend
        depth = self.rest + (1.0 - self.rest) * full
        breaths = (timeline.tempo_map.time_bar(timeline.times) - 1.0) / self.bars
        breath = 0.5 - 0.5 * np.cos(2.0 * np.pi * breaths)
        kept = self.swell * full
        return {"value": depth * (kept + (1.0 - kept) * breath)}
