"""Level and follow: envelopes of the song's loudness or of another channel."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, ClassVar

import numpy as np
from pydantic import AfterValidator, Field

from phosphene.hints import hint
from phosphene.modulators.modulator import Modulator
from phosphene.score.channels import CHANNELS, Channel, Curve
from phosphene.score.curves.envelopes import normalised, on_frames, slewed
from phosphene.score.timeline import Timeline
from phosphene.score.units import Span
from phosphene.song.song import Feature, Song


class Level(Modulator):
    """Follows the loudness of the song (RMS) or any other audio feature."""

    name: ClassVar = "level"
    by_interval: ClassVar = True
    feature: str = Field(
        "rms", description="rms, bass, voice, loudness ... (docs/hearing.md), or a plugin's"
    )
    attack: Span = Field("0.05s", validate_default=True, description="minimum time of a full rise")
    hold: Span = Field("0s", validate_default=True, description="time at a peak before it falls")
    release: Span = Field("0.3s", validate_default=True, description="minimum time of a full fall")
    bend: float = Field(1.0, ge=0.1, le=10, description="above 1, quiet parts move less")
    look_ahead: bool = Field(False, description="start early, so that the attack ends on the sound")
    sensitivity: float = Field(1.0, ge=0, le=1, description="ignore levels below 1 - sensitivity")
    threshold: float = Field(
        0.0, ge=0, lt=1, description="rest below this level; the range above is scaled to 0 to 1"
    )
    percentile: float | None = Field(
        None, gt=0, le=100, description="percentile of the song's level that counts as 1"
    )

    def curves(self, song: Song, timeline: Timeline) -> dict[str, Curve]:
        feature = song.feature(self.feature)
        # As a level, whatever the feature is: its integral is the distance travelled.
        level = replace(feature, values=self._envelope(feature, timeline), kind="level")
        return {"value": on_frames(level, timeline)}

    def _envelope(self, feature: Feature, timeline: Timeline) -> Curve:
        values = np.clip(normalised(feature.values, self.percentile), 0.0, 1.0)
        values = np.where(values >= 1.0 - self.sensitivity, values, 0.0)
        values = np.maximum(values - self.threshold, 0.0) / (1.0 - self.threshold)
        attack = timeline.length(self.attack)
        if self.look_ahead and len(values):
            ahead = np.arange(len(values)) + round(attack / feature.hop)
            values = values[np.minimum(ahead, len(values) - 1)]
        release, hold = timeline.length(self.release), timeline.length(self.hold)
        return slewed(values, feature.hop, attack, release, hold) ** self.bend


def _known_channel(name: str) -> str:
    if name not in CHANNELS:
        raise ValueError(f"unknown channel. {hint(name, CHANNELS)}")
    return name


class Follow(Modulator):
    """Follows another channel, as mixed by the layers above it in the file.

    The envelope is the channel's distance from neutral divided by `full`, and `to` routes it. With
    `of = "zoom"`, `full = 0.02` and `to = { rotation = 1.0 }`, the picture rotates by 1 degree per
    frame while it zooms by 1.02. Motion in the opposite direction gives a negative envelope.
    """

    name: ClassVar = "follow"
    by_interval: ClassVar = True
    of: Annotated[str, AfterValidator(_known_channel)] = Field(description="the channel to follow")
    full: float = Field(
        1.0, gt=0, description="distance from neutral that counts as 1, in the channel's unit"
    )
    delay: Span = Field("0s", validate_default=True, description="delay after the channel")

    def curves(self, song: Song, timeline: Timeline) -> dict[str, Curve]:
        return {"value": np.zeros(timeline.n_frames)}  # no other channels are known here

    def curves_above(
        self, song: Song, timeline: Timeline, below: Mapping[str, Curve]
    ) -> dict[str, Curve]:
        distance = _distance(CHANNELS[self.of], below[self.of], self.full)
        earlier = timeline.starts - timeline.length(self.delay, timeline.starts)
        return {"value": np.interp(earlier, timeline.starts, distance, left=0.0)}


def _distance(channel: Channel, values: Curve, full: float) -> Curve:
    if channel.multiplicative:
        return np.log(values / channel.neutral) / math.log1p(full / channel.neutral)
    return (values - channel.neutral) / full
