"""Striking: the base class of modulators whose envelope is a train of hits."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from phosphene.modulators.bands import BANDS
from phosphene.modulators.modulator import Modulator
from phosphene.score.channels import Curve
from phosphene.score.hits import HitShape, struck
from phosphene.score.timeline import Timeline
from phosphene.score.units import Length, Span


class Striking(Modulator):
    """The envelope and the source of hits."""

    by_interval: ClassVar = True
    attack: Span = Field("0s", description="time up to the peak")
    hold: Span = Field("0s", description="time at the peak")
    decay: Span = Field("0s", description="time from the peak down to `sustain`")
    sustain: float = Field(
        1.0, ge=0, le=1, description="level after the decay, relative to the peak"
    )
    length: Span = Field("0s", description="time from the peak to the release, at `sustain`")
    release: Span = Field("0.3s", description="time to fall back to rest")
    attack_bend: float = Field(1.0, ge=0.1, le=10, description="1 is linear; above 1 starts slowly")
    release_bend: float = Field(
        2.0, ge=0.1, le=10, description="of decay and release: 1 is linear; above 1 starts fast"
    )
    look_ahead: bool = Field(False, description="start early, so that the attack ends on the hit")
    band: str = Field("full", description=f"source of the hits: {BANDS}")

    def _struck(self, times: Curve, heights: Curve, timeline: Timeline) -> dict[str, Curve]:
        """The curves of a train of hits."""

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
        curves = {"value": struck(times, heights, shape, timeline)}
        if timeline.fps != timeline.project_fps:
            curves["height"] = struck(times, heights, shape, timeline, evenly=False)
        return curves
