"""Onset: an envelope that strikes wherever a sound begins."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from phosphene.modulator import Modulator
from phosphene.modulators.bands import FEATURES, Band
from phosphene.score.channels import Curve
from phosphene.score.envelopes import hits
from phosphene.score.timeline import Timeline
from phosphene.score.units import Span
from phosphene.song.song import Song


class Onset(Modulator):
    """A hit wherever a sound begins, as high as the sound is strong; on the beat or off it."""

    name: ClassVar = "onset"
    attack: Span = Field("0s", description="time from the onset up to the peak")
    release: Span = Field("0.2s", description="time from the peak back to rest")
    band: Band = Field("full", description="what is listened to: full, low, mid or high")
    sensitivity: float = Field(
        0.9, ge=0, le=1, description="onsets weaker than 1 - sensitivity do not strike"
    )

    def curves(self, song: Song, timeline: Timeline) -> dict[str, Curve]:
        weights = song.strengths_at(song.onsets, FEATURES[self.band])
        strong = weights >= 1.0 - self.sensitivity
        times = song.onsets[strong]
        return {
            "value": hits(
                times,
                weights[strong],
                timeline.length(self.attack, times),
                timeline.length(self.release, times),
                timeline,
            )
        }
