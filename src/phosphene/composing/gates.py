"""Gates: where a layer is active, by position, by a feature, or by a pattern."""

from __future__ import annotations

import numpy as np

from phosphene.errors import PhospheneError, ProjectError
from phosphene.project.motion import When
from phosphene.score.channels import Curve
from phosphene.score.envelopes import on_frames
from phosphene.score.timeline import Timeline
from phosphene.score.units import At
from phosphene.song.song import Song


def within(timeline: Timeline, position: At, where: str) -> float:
    """Seconds of a position; one outside the song is an error that names its entry."""
    try:
        return timeline.at(position)
    except ProjectError as error:
        error.name_place(where)
        raise error from None


def opened_between(ranges: tuple[tuple[At, At], ...], where: str, timeline: Timeline) -> Curve:
    """1 inside any of the ranges and 0 elsewhere, by frame.

    Parameters
    ----------
    ranges : tuple of pairs of At
    where : str
        The layer's entry in the project file, for errors.
    timeline : Timeline

    Returns
    -------
    ndarray, shape (n_frames,)

    Raises
    ------
    ProjectError
        If a position is outside the song, or the second is not after the first.
    """
    opened = np.zeros(timeline.n_frames)
    for number, (first, second) in enumerate(ranges):
        place = f"{where}.between" + (f"[{number}]" if len(ranges) > 1 else "")
        begin = within(timeline, first, f"{place}[0]")
        end = within(timeline, second, f"{place}[1]")
        if end <= begin:
            raise ProjectError(
                f"{place}: '{second}' ({end:.2f} s) is not after '{first}' ({begin:.2f} s)"
            )
        # The gate opens with the frame whose interval contains the position.
        opened[timeline.frame_of(begin) : timeline.frame_of(end)] = 1.0
    return opened


def opened_when(when: When, where: str, song: Song, timeline: Timeline) -> Curve:
    """How far a gate is open in every frame.

    Parameters
    ----------
    when : When
    where : str
        The layer's entry in the project file, for errors.
    song : Song
    timeline : Timeline

    Returns
    -------
    ndarray, shape (n_frames,)
        0 or 1, or 0.5 at the half hits of a pattern.

    Raises
    ------
    PhospheneError
        If the song has no such feature.
    """
    opened = np.ones(timeline.n_frames)
    if when.feature is not None:
        try:
            values = on_frames(song.feature(when.feature), timeline)
        except PhospheneError as error:
            error.name_place(f"{where}.when.feature")
            raise
        above = -np.inf if when.above is None else when.above
        below = np.inf if when.below is None else when.below
        opened = opened * ((values > above) & (values < below))
    if when.pattern is not None:
        times, heights = when.pattern.times(when.subdivision, timeline)
        # A step starts with the frame that contains its beginning.
        first = np.floor(times * float(timeline.fps) + 1e-6)
        step = np.searchsorted(first, np.arange(timeline.n_frames), side="right") - 1
        opened = opened * heights[step]
    return opened
