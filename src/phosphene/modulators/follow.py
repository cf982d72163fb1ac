"""Follow: one channel drives another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

import numpy as np
from pydantic import AfterValidator, Field

from phosphene.hints import hint
from phosphene.modulators.modulator import Modulator
from phosphene.score.channels import CHANNELS, Channel, Curve
from phosphene.score.timeline import Timeline
from phosphene.score.units import Span
from phosphene.song.song import Song


def _known(name: str) -> str:
    if name not in CHANNELS:
        raise ValueError(f"unknown channel. {hint(name, CHANNELS)}")
    return name


class Follow(Modulator):
    """A channel, as the layers above this one in the file have mixed it, drives others.

    Its distance from neutral, over `full`, is the envelope that `to` routes: with `of = "zoom"`,
    `full = 0.02` and `to = { rotation = 1.0 }` the picture turns by 1 degree a frame where it
    zooms by 1.02. Where it moves the other way the envelope is negative.
    """

    name: ClassVar = "follow"
    by_interval: ClassVar = True
    of: Annotated[str, AfterValidator(_known)] = Field(description="the channel that is followed")
    full: float = Field(
        1.0, gt=0, description="how far from neutral it counts as 1, in its own unit"
    )
    delay: Span = Field("0s", description="how long after it")

    def curves(self, song: Song, timeline: Timeline) -> dict[str, Curve]:
        return {"value": np.zeros(timeline.n_frames)}  # over nothing there is nothing to follow

    def curves_above(
        self, song: Song, timeline: Timeline, below: Mapping[str, Curve]
    ) -> dict[str, Curve]:
        distance = _distance(CHANNELS[self.of], below[self.of], self.full)
        earlier = timeline.starts - timeline.length(self.delay, timeline.starts)
        return {"value": np.interp(earlier, timeline.starts, distance, left=0.0)}


def _distance(channel: Channel, values: Curve, full: float) -> Curve:
    if channel.multiplicative:
        return np.log(values / channel.neutral) / np.log1p(full / channel.neutral)
    return (values - channel.neutral) / full
