"""Cadence: which frames are repainted; the others only move with the camera."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, WithJsonSchema

from phosphene.score.patterns import Steps, parse_pattern
from phosphene.score.timeline import Timeline

MOST = 240  # frames between two repaints
CADENCE_HELP = (
    f"a number of frames from 1 to {MOST}, 'beat', 'bar', 'onset', or a pattern of beats, such as "
    "x..x"
)


def parse_cadence(given: Any) -> int | str | Steps:
    """Parse a cadence.

    Raises
    ------
    ValueError
        If it has none of the forms in `CADENCE_HELP`.
    """
    if isinstance(given, Steps) or given in ("beat", "bar", "onset"):
        return given
    if isinstance(given, int) and not isinstance(given, bool) and 1 <= given <= MOST:
        return given
    try:
        pattern = parse_pattern(given)
    except ValueError:
        pattern = None
    if pattern is None or not any(pattern.heights):
        raise ValueError(f"expected {CADENCE_HELP}")
    return pattern


if TYPE_CHECKING:
    Cadence = Any
else:
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
