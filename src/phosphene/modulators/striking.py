"""Striking: what every modulator shares whose envelope is a train of hits."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from phosphene.modulators.bands import BANDS
from phosphene.modulators.modulator import Modulator
from phosphene.score.channels import Curve
from phosphene.score.hits import Envelope, struck
from phosphene.score.timeline import Timeline
from phosphene.score.units import Length, Span


class Striking(Modulator):
    """The envelope of a hit, and what counts as one."""

    by_interval: ClassVar = True
    attack: Span = Field("0s", description="time up to the peak")
    hold: Span = Field("0s", description="time at the peak")
    decay: Span = Field("0s", description="time from the peak down to `sustain`")
    sustain: float = Field(1.0, ge=0, le=1, description="share of the height after the decay")
    length: Span = Field("0s", description="time from the peak to the release, at `sustain`")
    release: Span = Field("0.3s", description="time back to rest")
    attack_bend: float = Field(1.0, ge=0.1, le=10, description="1 straight; above 1 starts slowly")
    release_bend: float = Field(
        2.0, ge=0.1, le=10, description="1 straight; above 1 starts fast; of decay and release"
    )
    look_ahead: bool = Field(False, description="the attack ends on the hit, and begins before it")
    band: str = Field("full", description=f"what is listened to: {BANDS}")

    def _struck(self, times: Curve, heights: Curve, timeline: Timeline) -> dict[str, Curve]:
        """The curves of a train of hits."""

        def seconds(span: Length) -> Curve | float:
            # Only musical spans differ from hit to hit.
            return timeline.length(span, times if span.unit in ("beat", "bar") else 0.0)

        shape = Envelope(
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
        curves = {"value": struck(times, heights, shape, timeline)}
        if timeline.fps != timeline.project_fps:
            curves["height"] = struck(times, heights, shape, timeline, evenly=False)
        return curves
