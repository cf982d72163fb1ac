"""Onset: an envelope with a hit wherever a sound begins."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from phosphene.modulators.bands import feature_of
from phosphene.modulators.striking import Striking
from phosphene.score.channels import Curve
from phosphene.score.envelopes import normalised
from phosphene.score.timeline import Timeline
from phosphene.score.units import Span
from phosphene.song.song import Song


class Onset(Striking):
    """A hit on every onset, on or off the beat, as high as the onset is strong."""

    name: ClassVar = "onset"
    release: Span = Field("0.2s", description="time back to rest")
    every: int = Field(1, ge=1, description="hit on every n-th onset that is strong enough")
    sensitivity: float = Field(
        0.9, ge=0, le=1, description="ignore onsets weaker than 1 - sensitivity"
    )
    percentile: float | None = Field(
        None,
        gt=0,
        le=100,
        description="percentile of the song's onset strengths that counts as a full hit",
    )

    def curves(self, song: Song, timeline: Timeline) -> dict[str, Curve]:
        heard = song.strengths_at(song.onsets, feature_of(self.band))
        heights = normalised(heard, self.percentile)
        strong = (heights >= 1.0 - self.sensitivity).nonzero()[0][:: self.every]
        return self._struck(song.onsets[strong], heights[strong], timeline)
