from typing import ClassVar

import numpy as np
from pydantic import Field

from phosphene import Curve, Modulator, Options, Song, Timeline, hookimpl


class TiltOptions(Options):
    angle: float = Field(1.0, ge=0.0, description="degrees per frame")


class Tilt(Modulator):
    """Tilts."""

    name: ClassVar = "tilt"
    options: TiltOptions = TiltOptions()

    def curves(self, song: Song, timeline: Timeline) -> dict[str, Curve]:
        return {"rotation": np.full(timeline.n_frames, self.options.angle)}


@hookimpl
def register_options(register):
    register(TiltOptions)


@hookimpl
def register_modulators(register):
    register(Tilt)
