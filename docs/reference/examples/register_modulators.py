from typing import ClassVar

import numpy as np
from pydantic import Field

from phosphene import Curve, Modulator, Song, Timeline, hookimpl


class Tumble(Modulator):
    """Turns the picture, always as fast."""

    name: ClassVar = "tumble"
    speed: float = Field(1.5, description="degrees per frame")

    def curves(self, song: Song, timeline: Timeline) -> dict[str, Curve]:
        return {"rotation": np.full(timeline.n_frames, self.speed)}


@hookimpl
def register_modulators(register):
    register(Tumble)
