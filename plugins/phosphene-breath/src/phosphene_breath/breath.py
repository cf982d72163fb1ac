"""Breath: an envelope that breathes with the bars, the deeper the more happens in the song."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from phosphene import Curve, Modulator, Song, Timeline
from pydantic import Field


class Breath(Modulator):
    """Breathes in and out with the bars: shallow in a break, deep where the song is full.

    Reads the feature `density`, which comes with it; any other will do. In by the middle of the
    breath, and out by its end; where no beat was heard, a bar is two seconds.
    """

    name: ClassVar = "breath"
    bars: float = Field(1.0, ge=0.25, le=64, description="bars that one breath takes")
    feature: str = Field("density", description="how deep it breathes: a feature of the song")
    rest: float = Field(0.1, ge=0, le=1, description="depth of a breath in silence")
    swell: float = Field(0.4, ge=0, le=1, description="share that stays in at a full depth")
    bend: float = Field(1.5, ge=0.1, le=10, description="above 1 only what is full breathes deep")

    def curves(self, song: Song, timeline: Timeline) -> dict[str, Curve]:
        heard = song.feature(self.feature)
        places = np.arange(len(heard.values)) * heard.hop
        full = np.interp(timeline.times, places, np.clip(heard.values, 0.0, 1.0)) ** self.bend
        depth = self.rest + (1.0 - self.rest) * full
        breaths = (timeline.tempo_map.time_bar(timeline.times) - 1.0) / self.bars
        breath = 0.5 - 0.5 * np.cos(2.0 * np.pi * breaths)
        kept = self.swell * full
        return {"value": depth * (kept + (1.0 - kept) * breath)}
