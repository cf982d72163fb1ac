"""Cue: an envelope with a hit at given positions."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import BeforeValidator, Field

from phosphene.modulators.striking import Striking
from phosphene.score.channels import Curve
from phosphene.score.timeline import Timeline
from phosphene.score.units import Position
from phosphene.song.song import Song


def _listed(given: Any) -> Any:
    return given if isinstance(given, (list, tuple)) else [given]


class Cue(Striking):
    """A hit at each of some positions, in the exact frame that contains it."""

    name: ClassVar = "cue"
    at: Annotated[tuple[Position, ...], BeforeValidator(_listed)] = Field(
        ("bar 1",), description='where: "bar 17", or a list of positions', validate_default=True
    )

    def curves(self, song: Song, timeline: Timeline) -> dict[str, Curve]:
        times = np.unique([timeline.at(position) for position in self.at])
        return self._struck(times, np.ones(len(times)), timeline)
