"""Beat: an envelope that strikes on every beat."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from phosphene.modulator import Modulator
from phosphene.modulators.bands import FEATURES, Band
from phosphene.score.channels import Curve
from phosphene.score.envelopes import hits
from phosphene.score.timeline import Timeline
from phosphene.score.units import Span
from phosphene.song.song import Song


class Beat(Modulator):
    """A hit on every beat, all of one height; in the very frame that holds the beat."""

    name: ClassVar = "beat"
    every: int = Field(1, ge=1, description="strike on every n-th beat, counted from the first")
    attack: Span = Field("0s", description="time from the beat up to the peak")
    release: Span = Field("0.3s", description="time from the peak back to rest")
    band: Band = Field("full", description="what `sensitivity` listens to: full, low, mid or high")
    sensitivity: float = Field(
        1.0, ge=0, le=1, description="beats weaker than 1 - sensitivity do not strike"
    )

    def curves(self, song: Song, timeline: Timeline) -> dict[str, Curve]:
        times = song.beats[:: self.every]
        times = times[song.strengths_at(times, FEATURES[self.band]) >= 1.0 - self.sensitivity]
        return {
            "value": hits(
                times,
                np.ones(len(times)),
                timeline.length(self.attack, times),
                timeline.length(self.release, times),
                timeline,
            )
        }
