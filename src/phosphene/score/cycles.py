"""Cycles of periodic functions, and their mean over each frame."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from phosphene.score.channels import Curve
from phosphene.score.timeline import Timeline
from phosphene.score.units import Length


def turns(period: Length, timeline: Timeline, times: Curve) -> Curve:
    """The number of elapsed periods at given times.

    Parameters
    ----------
    period : Length
        Longer than 0. In beats or bars it follows changes of the tempo, and a cycle begins on
        beat 1 or bar 1; otherwise at the song's first sample.
    timeline : Timeline
    times : ndarray, shape (n,)
        Seconds.

    Returns
    -------
    ndarray, shape (n,)
    """
    match period.unit:
        case "beat":
            return (timeline.tempo_map.time_beat(times) - 1.0) / period.value
        case "bar":
            return (timeline.tempo_map.time_bar(times) - 1.0) / period.value
    return times / timeline.length(period)


def edges(timeline: Timeline) -> Curve:
    """Start of each frame and end of the last, in seconds; shape (n_frames + 1,)."""
    return np.arange(timeline.n_frames + 1) / float(timeline.fps)


def mean_shown(integral: Callable[[Curve, Curve], Curve], turned: Curve) -> Curve:
    """The mean of a periodic shape over each frame.

    Nothing is sampled at a point. A wave that is faster than the frame rate fades to its mean
    instead of aliasing, no pulse is lost, and the sum is the same at every frame rate.

    Parameters
    ----------
    integral : callable
        integral(begin, end): the integral of the shape over cycles, both of shape (n_frames,).
    turned : ndarray, shape (n_frames + 1,)
        `turns` at the `edges` of the frames.

    Returns
    -------
    ndarray, shape (n_frames,)
    """
    return integral(turned[:-1], turned[1:]) / np.diff(turned)
