"""Level: an envelope that follows the loudness of the song."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import numpy as np
from pydantic import Field

from phosphene.modulators.modulator import Modulator
from phosphene.score.channels import Curve
from phosphene.score.envelopes import normalised, on_frames, slewed
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
    attack: Span = Field("0.05s", description="minimum time of a full rise")
    hold: Span = Field("0s", description="time at a peak before it falls")
    release: Span = Field("0.3s", description="minimum time of a full fall")
    bend: float = Field(1.0, ge=0.1, le=10, description="above 1, quiet parts move less")
    look_ahead: bool = Field(False, description="start early, so that the attack ends on the sound")
    sensitivity: float = Field(1.0, ge=0, le=1, description="ignore levels below 1 - sensitivity")
    threshold: float = Field(
        0.0, ge=0, lt=1, description="rest up to this level; the range above is scaled to 0 to 1"
    )
    percentile: float | None = Field(
        None, gt=0, le=100, description="percentile of the song's level that counts as 1"
    )

    def curves(self, song: Song, timeline: Timeline) -> dict[str, Curve]:
        heard = song.feature(self.feature)
        # Treated as a level from here on: its integral is the distance travelled.
        level = replace(heard, values=self._followed(heard, timeline), kind="level")
        return {"value": on_frames(level, timeline)}

    def _followed(self, heard: Feature, timeline: Timeline) -> Curve:
        values = np.clip(normalised(heard.values, self.percentile), 0.0, 1.0)
        values = np.where(values >= 1.0 - self.sensitivity, values, 0.0)
        values = np.maximum(values - self.threshold, 0.0) / (1.0 - self.threshold)
        attack = timeline.length(self.attack)
        if self.look_ahead and len(values):
            earlier = np.arange(len(values)) + round(attack / heard.hop)
            values = values[np.minimum(earlier, len(values) - 1)]
        release, hold = timeline.length(self.release), timeline.length(self.hold)
        return slewed(values, heard.hop, attack, release, hold) ** self.bend
