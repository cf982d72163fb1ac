"""Beat: an envelope with a hit on every beat."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field, model_validator

from phosphene.modulators.bands import feature_of
from phosphene.modulators.striking import Striking
from phosphene.score.channels import Curve
from phosphene.score.patterns import Pattern
from phosphene.score.timeline import Timeline
from phosphene.song.song import Song


class Beat(Striking):
    """A hit on every beat, at constant height, in the exact frame that contains the beat."""

    name: ClassVar = "beat"
    every: int = Field(1, ge=1, description="hit on every n-th beat, counted from the first")
    off_beat: bool = Field(False, description="hit half-way to the next beat instead")
    pattern: Pattern | None = Field(
        None, description="a repeating pattern from bar 1 on instead: x..x..x. (o is half a hit)"
    )
    subdivision: int = Field(1, ge=1, le=48, description="steps of the pattern per beat")
    sensitivity: float = Field(
        1.0, ge=0, le=1, description="ignore beats weaker than 1 - sensitivity"
    )

    @model_validator(mode="after")
    def _one_rhythm(self) -> Beat:
        if self.pattern and (self.every > 1 or self.off_beat):
            raise ValueError("expected either `pattern`, or `every` and `off_beat`")
        return self

    def curves(self, song: Song, timeline: Timeline) -> dict[str, Curve]:
        times, heights = self._rhythm(song, timeline)
        strong = song.strengths_at(times, feature_of(self.band)) >= 1.0 - self.sensitivity
        return self._struck(times[strong], heights[strong], timeline)

    def _rhythm(self, song: Song, timeline: Timeline) -> tuple[Curve, Curve]:
        if not self.pattern or not len(song.beats):
            numbers = np.arange(1.0, len(song.beats) + 1, self.every) + 0.5 * self.off_beat
            times = timeline.tempo_map.beat_time(numbers)
            return times, np.ones(len(times))
        times, heights = self.pattern.times(self.subdivision, timeline)
        end = timeline.tempo_map.beat_time(len(song.beats) + 1.0)
        hit = (times >= song.beats[0] - 1e-9) & (times < end - 1e-9) & (heights > 0)
        return times[hit], heights[hit]
