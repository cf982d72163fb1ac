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
    """One channel, as mixed by the layers above in the file, drives others.

    The envelope is the channel's distance from neutral divided by `full`, and `to` routes it. With
    `of = "zoom"`, `full = 0.02` and `to = { rotation = 1.0 }`, the picture rotates by 1 degree per
    frame where it zooms by 1.02. Motion in the opposite direction gives a negative envelope.
    """

    name: ClassVar = "follow"
    by_interval: ClassVar = True
    of: Annotated[str, AfterValidator(_known)] = Field(description="the channel to follow")
    full: float = Field(
        1.0, gt=0, description="distance from neutral that counts as 1, in the channel's unit"
    )
    delay: Span = Field("0s", description="delay after the channel")

    def curves(self, song: Song, timeline: Timeline) -> dict[str, Curve]:
        return {"value": np.zeros(timeline.n_frames)}  # without layers there is nothing to follow

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
