"""Level: an envelope that follows how loud the song is."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import numpy as np
from pydantic import Field

from phosphene.modulator import Modulator
from phosphene.score.channels import Curve
from phosphene.score.envelopes import follow, on_frames
from phosphene.score.timeline import Timeline
from phosphene.score.units import Span
from phosphene.song.song import Song


class Level(Modulator):
    """Follows the loudness of the song (RMS), or any other feature that was heard or registered."""

    name: ClassVar = "level"
    feature: str = Field("rms", description="rms, onset, low, mid, high, or a plugin's feature")
    attack: Span = Field("0.05s", description="time that a full rise takes at least")
    release: Span = Field("0.3s", description="time that a full fall takes at least")
    sensitivity: float = Field(
        1.0, ge=0, le=1, description="what is weaker than 1 - sensitivity is not heard"
    )

    def curves(self, song: Song, timeline: Timeline) -> dict[str, Curve]:
        heard = song.feature(self.feature)
        values = np.where(heard.values >= 1.0 - self.sensitivity, heard.values, 0.0)
        followed = follow(
            np.clip(values, 0.0, 1.0),
            heard.hop,
            timeline.length(self.attack),
            timeline.length(self.release),
        )
        return {"value": on_frames(replace(heard, values=followed), timeline)}
