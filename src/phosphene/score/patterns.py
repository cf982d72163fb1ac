"""Patterns of steps, such as `x..x..x.`, and the cadence: which frames are repainted."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
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


Pattern = Annotated[
    Steps,
    BeforeValidator(parse_pattern),
    WithJsonSchema({"type": "string", "description": PATTERN_HELP}),
]


MAX_CADENCE = 240  # frames between two repaints
CADENCE_HELP = (
    f"a number of frames from 1 to {MAX_CADENCE}, 'beat', 'bar', 'onset', or a pattern of beats, "
    "such as x..x"
)


def parse_cadence(given: Any) -> int | str | Steps:
    """Parse a cadence.

    Raises
    ------
    ValueError
        If it has none of the forms in `CADENCE_HELP`.
    """
    if isinstance(given, Steps):
        return given
    if isinstance(given, str) and given in ("beat", "bar", "onset"):
        return given
    if isinstance(given, int) and not isinstance(given, bool) and 1 <= given <= MAX_CADENCE:
        return given
    try:
        pattern = parse_pattern(given)
    except ValueError:
        pattern = None
    if pattern is None or not any(pattern.heights):
        raise ValueError(f"expected {CADENCE_HELP}")
    return pattern


Cadence = Annotated[
    int | str | Steps,
    BeforeValidator(parse_cadence),
    WithJsonSchema({"type": ["integer", "string"], "description": CADENCE_HELP}),
]


def repainted(cadence: int | str | Steps, timeline: Timeline) -> NDArray[np.bool_]:
    """Which frames a cadence repaints.

    A number restarts at the frame of every beat, so that no beat falls between two repaints. It is
    a number of the project's own frames: other frame rates repaint equally often per second.

    Parameters
    ----------
    cadence : int, str or Steps
        From `parse_cadence`. A pattern has one step per beat, from bar 1 on.
    timeline : Timeline

    Returns
    -------
    ndarray of bool, shape (n_frames,)
        The first frame is always True.
    """
    marked = np.zeros(timeline.n_frames, bool)
    marked[0] = True
    if cadence == "onset":
        times = timeline.song.onsets
    elif cadence == "bar":
        times = timeline.tempo_map.bar_time(np.arange(1.0, 2.0 + _bars(timeline)))
    else:
        pattern = cadence if isinstance(cadence, Steps) else Steps("x", (1.0,))
        times, heights = pattern.times(1, timeline)
        times = times[heights > 0.0]
    first = np.array([timeline.frame_of(float(time)) for time in times], int)
    marked[first[(first >= 0) & (first < timeline.n_frames)]] = True
    if not isinstance(cadence, int):
        return marked
    since = np.arange(timeline.n_frames)
    since -= np.maximum.accumulate(np.where(marked, since, 0))
    every = float(cadence * timeline.fps / timeline.project_fps)
    counted = np.floor(since / every + 1e-9)
    return marked | (np.diff(counted, prepend=0.0) > 0)


def _bars(timeline: Timeline) -> int:
    return int(np.ceil(timeline.tempo_map.time_bar(timeline.song.duration)))
