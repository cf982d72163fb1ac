"""Patterns: rhythms written as a string of steps, such as `x..x..x.`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import BeforeValidator, WithJsonSchema

from phosphene.bounds import require_affordable
from phosphene.score.channels import Curve
from phosphene.score.timeline import Timeline

_STEPS = {"x": 1.0, "o": 0.5, ".": 0.0, "-": 0.0}
_BETWEEN = " |"
PATTERN_HELP = "x (a hit), o (half a hit) and . (none), such as x..x..x."


@dataclass(frozen=True)
class Steps:
    """A parsed pattern: the height of each step, repeated from bar 1 on."""

    text: str
    heights: tuple[float, ...]

    def __str__(self) -> str:
        return self.text

    def times(self, subdivision: int, timeline: Timeline) -> tuple[Curve, Curve]:
        """The time and height of each step in the song.

        Parameters
        ----------
        subdivision : int
            Steps per beat.
        timeline : Timeline

        Returns
        -------
        times : ndarray, shape (n_steps,)
            Seconds; the first step may be before the song.
        heights : ndarray, shape (n_steps,)
        """
        grid = timeline.tempo_map
        origin = grid.time_beat(grid.bar_time(1.0))
        first = math.floor((grid.time_beat(0.0) - origin) * subdivision)
        last = math.ceil((grid.time_beat(timeline.song.duration) - origin) * subdivision)
        require_affordable(last - first, "steps", "The beats are too close together; correct them.")
        steps = np.arange(first, last)
        heights = np.array(self.heights)[steps % len(self.heights)]
        return grid.beat_time(origin + steps / subdivision), heights


def parse_pattern(given: Any) -> Steps:
    """Parse a pattern.

    Raises
    ------
    ValueError
        If it contains anything but steps, or spaces and `|`, which are ignored.
    """
    if isinstance(given, Steps):
        return given
    steps = [step for step in str(given).lower() if step not in _BETWEEN]
    if not isinstance(given, str) or not steps or set(steps) - _STEPS.keys():
        raise ValueError(f"expected {PATTERN_HELP}")
    return Steps(given, tuple(_STEPS[step] for step in steps))


if TYPE_CHECKING:
    Pattern = Any
else:
    Pattern = Annotated[
        Steps,
        BeforeValidator(parse_pattern),
        WithJsonSchema({"type": "string", "description": PATTERN_HELP}),
    ]
