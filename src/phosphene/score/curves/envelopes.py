"""Envelopes of features, and resampling: from the song's time or another frame rate to the frames.

Features are not sampled at points: a frame takes the maximum (impulses and envelopes) or the mean
(levels) over the time that it is shown, so that no hit falls between two frames.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from phosphene.score.channels import Curve
from phosphene.score.curves.splines import monotone
from phosphene.score.timeline import Timeline
from phosphene.song.song import Feature


def edges(timeline: Timeline) -> Curve:
    """Start of each frame and end of the last, in seconds; shape (n_frames + 1,)."""
    return np.arange(timeline.n_frames + 1) / float(timeline.fps)


def normalised(values: Curve, percentile: float | None) -> Curve:
    """Scale values so that one of their percentiles is 1, and clip them to 1.

    Parameters
    ----------
    values : ndarray, shape (n,)
        0 or more, of the entire song, so that quiet parts stay quiet.
    percentile : float or None
        0 to 100; None returns the values unchanged.

    Returns
    -------
    ndarray, shape (n,)
        Zeros if the percentile is 0.
    """
    if percentile is None or len(values) == 0:
        return values
    full = float(np.percentile(values, percentile))
    return np.minimum(values / full, 1.0) if full > 0.0 else np.zeros(len(values))


def slewed(values: Curve, hop: float, attack: float, release: float, hold: float = 0.0) -> Curve:
    """Limit the slope: at most 1 per `attack` seconds upwards, 1 per `release` downwards.

    Parameters
    ----------
    values : ndarray, shape (n_hops,)
    hop : float
        Seconds between values.
    attack, release : float
        Seconds for a full swing; 0 is immediate.
    hold : float
        Seconds to hold a peak before falling.

    Returns
    -------
    ndarray, shape (n_hops,)
    """
    up = hop / attack if attack > 0 else np.inf
    down = hop / release if release > 0 else np.inf
    hold_hops = round(hold / hop)
    followed = np.empty(len(values))
    level, waited = 0.0, 0
    for k, value in enumerate(values.tolist()):
        if value >= level:
            level, waited = min(value, level + up), 0
        elif waited < hold_hops:
            waited += 1
        else:
            level = max(value, level - down)
        followed[k] = level
    return followed


def on_frames(feature: Feature, timeline: Timeline) -> Curve:
    """Resample a feature to the frames by interval: the maximum, or the mean of a level.

    Parameters
    ----------
    feature : Feature
        On the audio's own hop grid.
    timeline : Timeline

    Returns
    -------
    ndarray, shape (n_frames,)
        The mean is that of the linear interpolation, exact at every frame rate. A frame that is
        shorter than a hop and contains no impulse is interpolated between its neighbours.
    """
    values = np.asarray(feature.values, dtype=np.float64)
    if len(values) == 0:
        return np.zeros(timeline.n_frames)
    if feature.kind == "level":
        return np.diff(_area(values, feature.hop, edges(timeline))) * float(timeline.fps)
    times = np.arange(len(values)) * feature.hop
    frame = np.floor(times * float(timeline.fps) + 1e-6).astype(np.int64)
    middles = timeline.starts + 0.5 / float(timeline.fps)
    curve = np.interp(middles, times, values)
    shown = frame < timeline.n_frames
    frame, values = frame[shown], values[shown]
    held, begin = np.unique(frame, return_index=True)
    curve[held] = np.maximum.reduceat(values, begin)
    return curve


def _area(values: Curve, hop: float, times: Curve) -> Curve:
    """The integral, from 0 to each time, of the linear interpolation of values."""
    line = np.append(values, values[-1])  # constant after the last
    integral = np.concatenate([[0.0], np.cumsum(0.5 * hop * (line[:-1] + line[1:]))])
    k = np.minimum((times / hop).astype(np.int64), len(values) - 1)
    beyond = times - k * hop
    slope = (line[k + 1] - line[k]) / hop
    area: Curve = integral[k] + (line[k] + 0.5 * slope * beyond) * beyond
    return area


def own_frames(timeline: Timeline) -> Timeline:
    """The frames of the same song at the project's own fps."""
    if timeline.fps == timeline.project_fps:
        return timeline
    return replace(timeline, fps=timeline.project_fps)


def at_frame_rate(values: Curve, timeline: Timeline) -> Curve:
    """Resample values per frame to the frames of `timeline`, along the same path in the same time.

    The path is exact wherever frames of both rates begin, for any curve, even an impulse. In
    between it is interpolated without overshoot (`phosphene.score.curves.splines.monotone`), so the
    motion of a slow draft is smooth in the film.

    Parameters
    ----------
    values : ndarray, shape (own_frames(timeline).n_frames,)
        Values per frame at the project's own fps; row i is the step from frame i-1 to frame i.
    timeline : Timeline

    Returns
    -------
    ndarray, shape (timeline.n_frames,)
        Still per frame at the project's fps; `values` itself if both rates are equal.
    """
    if timeline.fps == timeline.project_fps:
        return values
    ratio = float(timeline.project_fps / timeline.fps)
    # Held at both ends: the first step of a draft, which is not shown, begins before the song.
    before = math.ceil(ratio)
    after = max(0, math.ceil(timeline.n_frames * ratio) - len(values)) + 1
    held = np.pad(values, (before, after), mode="edge")
    path = np.concatenate([[0.0], np.cumsum(held)])
    edges = before + 1.0 + np.arange(-1, timeline.n_frames) * ratio
    with np.errstate(over="ignore"):  # steps so small that their inverse is not finite
        travelled = monotone(path)(edges)
    return np.diff(travelled) / ratio
