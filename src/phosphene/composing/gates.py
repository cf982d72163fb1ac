"""Gates: where a layer is active, by position, section, feature or pattern."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from phosphene.errors import PhospheneError, ProjectError
from phosphene.project.motion import When
from phosphene.score.channels import Curve
from phosphene.score.curves.envelopes import on_frames
from phosphene.score.timeline import Timeline
from phosphene.score.units import At, Part
from phosphene.song.song import Song


def within(timeline: Timeline, position: At, where: str) -> float:
    """Seconds of a position; one outside the song is an error that names its entry."""
    try:
        return timeline.at(position)
    except ProjectError as error:
        error.name_place(where)
        raise error from None


def opened_between(
    ranges: tuple[tuple[At, At] | Part, ...], where: str, timeline: Timeline
) -> Curve:
    """1 inside any of the ranges and 0 elsewhere, by frame.

    Parameters
    ----------
    ranges : tuple of pairs of At, or Part
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
    for number, interval in enumerate(ranges):
        place = f"{where}.between" + (f"[{number}]" if len(ranges) > 1 else "")
        for begin, end in _spans(interval, place, timeline):
            # The gate opens with the frame whose interval contains the position.
            opened[timeline.frame_of(begin) : timeline.frame_of(end)] = 1.0
    return opened


def _spans(
    interval: tuple[At, At] | Part, place: str, timeline: Timeline
) -> list[tuple[float, float]]:
    if isinstance(interval, Part):
        try:
            return timeline.spans(interval)
        except ProjectError as error:
            error.name_place(place)
            raise
    first, second = interval
    begin = within(timeline, first, f"{place}[0]")
    end = within(timeline, second, f"{place}[1]")
    if end <= begin:
        raise ProjectError(
            f"{place}: '{second}' ({end:.2f} s) is not after '{first}' ({begin:.2f} s)"
        )
    return [(begin, end)]


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
        If the song has no such feature or section.
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
    if when.section:
        names = [when.section] if isinstance(when.section, str) else when.section
        opened = opened * _in_sections(names, f"{where}.when.section", song, timeline)
    if when.pattern is not None:
        times, heights = when.pattern.times(when.subdivision, timeline)
        # A step starts with the frame that contains its beginning.
        first = np.floor(times * float(timeline.fps) + 1e-6)
        step = np.searchsorted(first, np.arange(timeline.n_frames), side="right") - 1
        opened = opened * heights[step]
    return opened


def _in_sections(names: Iterable[str], where: str, song: Song, timeline: Timeline) -> Curve:
    opened = np.zeros(timeline.n_frames)
    for name in names:
        sections = song.sections_named(name)
        if not sections:
            known = dict.fromkeys(n for s in song.sections for n in (s.role, s.label) if n)
            about = f"which has {', '.join(known)}" if known else "which has no sections"
            raise ProjectError(
                f"{where}: no section of the song is '{name}'",
                f"Choose one of the song, {about}; `phosphene listen SONG` lists them.",
            )
        for section in sections:
            opened[timeline.frame_of(section.start) : timeline.frame_of(section.end)] = 1.0
    return opened
