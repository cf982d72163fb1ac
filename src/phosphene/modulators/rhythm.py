"""Beat, onset and cue: envelopes with hits on beats, on onsets and at given positions."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import BeforeValidator, Field, model_validator

from phosphene.modulators.modulator import Modulator
from phosphene.score.channels import Curve
from phosphene.score.curves.envelopes import normalised
from phosphene.score.curves.hits import HitShape, hit_train
from phosphene.score.patterns import Pattern
from phosphene.score.timeline import Timeline
from phosphene.score.units import Length, Position, Span
from phosphene.song.song import Song

BANDS = (
    "full, low, mid, high, kick, snare, hat, or any other feature (docs/hearing.md), including "
    "those of plugins"
)


def feature_of(band: str) -> str:
    """The feature of a band; `full` means all onsets."""
    return "onset" if band == "full" else band


class HitModulator(Modulator):
    """Base class of modulators with hits: the parameters of their envelope and source."""

    by_interval: ClassVar = True
    attack: Span = Field("0s", validate_default=True, description="time up to the peak")
    hold: Span = Field("0s", validate_default=True, description="time at the peak")
    decay: Span = Field(
        "0s", validate_default=True, description="time from the peak down to `sustain`"
    )
    sustain: float = Field(
        1.0, ge=0, le=1, description="level after the decay, relative to the peak"
    )
    length: Span = Field(
        "0s", validate_default=True, description="time from the peak to the start of the release"
    )
    release: Span = Field("0.3s", validate_default=True, description="time to fall back to rest")
    attack_bend: float = Field(1.0, ge=0.1, le=10, description="1 is linear; above 1 starts slowly")
    release_bend: float = Field(
        2.0, ge=0.1, le=10, description="for decay and release: 1 is linear; above 1 starts fast"
    )
    look_ahead: bool = Field(False, description="start early, so that the attack ends on the hit")
    band: str = Field("full", description=f"source of the hits: {BANDS}")

    def _hit_curves(self, times: Curve, heights: Curve, timeline: Timeline) -> dict[str, Curve]:
        """The curves of hits at these times and heights."""

        def seconds(span: Length) -> Curve | float:
            # Only spans in beats or bars differ from hit to hit.
            return timeline.length(span, times if span.unit in ("beat", "bar") else 0.0)

        shape = HitShape(
            attack=seconds(self.attack),
            hold=seconds(self.hold),
            decay=seconds(self.decay),
            sustain=self.sustain,
            length=seconds(self.length),
            release=seconds(self.release),
            attack_bend=self.attack_bend,
            release_bend=self.release_bend,
            look_ahead=self.look_ahead,
        )
        curves = {"value": hit_train(times, heights, shape, timeline)}
        if timeline.fps != timeline.project_fps:
            curves["height"] = hit_train(times, heights, shape, timeline, evenly=False)
        return curves


class Beat(HitModulator):
    """A hit on every beat, always at full height, in the exact frame that contains the beat."""

    name: ClassVar = "beat"
    every: int = Field(1, ge=1, description="hit on every n-th beat, counted from the first")
    off_beat: bool = Field(False, description="hit halfway to the next beat instead")
    pattern: Pattern | None = Field(
        None, description="hit in a repeating pattern from bar 1: x..x..x. (o is half a hit)"
    )
    subdivision: int = Field(1, ge=1, le=48, description="steps of the pattern per beat")
    sensitivity: float = Field(
        1.0, ge=0, le=1, description="ignore beats weaker than 1 - sensitivity"
    )

    @model_validator(mode="after")
    def _pattern_or_every(self) -> Beat:
        if self.pattern and (self.every > 1 or self.off_beat):
            raise ValueError("expected either `pattern`, or `every` and `off_beat`")
        return self

    def curves(self, song: Song, timeline: Timeline) -> dict[str, Curve]:
        times, heights = self._rhythm(song, timeline)
        strong = song.strengths_at(times, feature_of(self.band)) >= 1.0 - self.sensitivity
        return self._hit_curves(times[strong], heights[strong], timeline)

    def _rhythm(self, song: Song, timeline: Timeline) -> tuple[Curve, Curve]:
        if not self.pattern or not len(song.beats):
            numbers = np.arange(1.0, len(song.beats) + 1, self.every) + 0.5 * self.off_beat
            times = timeline.tempo_map.beat_time(numbers)
            return times, np.ones(len(times))
        times, heights = self.pattern.times(self.subdivision, timeline)
        end = timeline.tempo_map.beat_time(len(song.beats) + 1.0)
        hit = (times >= song.beats[0] - 1e-9) & (times < end - 1e-9) & (heights > 0)
        return times[hit], heights[hit]


class Onset(HitModulator):
    """A hit on every onset, on or off the beat; stronger onsets make higher hits."""

    name: ClassVar = "onset"
    release: Span = Field("0.2s", validate_default=True, description="time to fall back to rest")
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
        strengths = song.strengths_at(song.onsets, feature_of(self.band))
        heights = normalised(strengths, self.percentile)
        strong = (heights >= 1.0 - self.sensitivity).nonzero()[0][:: self.every]
        return self._hit_curves(song.onsets[strong], heights[strong], timeline)


def _as_list(given: Any) -> Any:
    return given if isinstance(given, (list, tuple)) else [given]


class Cue(HitModulator):
    """A hit at each given position, in the exact frame that contains it."""

    name: ClassVar = "cue"
    at: Annotated[tuple[Position, ...], BeforeValidator(_as_list)] = Field(
        ("bar 1",), validate_default=True, description='a position, "bar 17", or a list of them'
    )

    def curves(self, song: Song, timeline: Timeline) -> dict[str, Curve]:
        times = np.unique([timeline.at(position) for position in self.at])
        return self._hit_curves(times, np.ones(len(times)), timeline)
