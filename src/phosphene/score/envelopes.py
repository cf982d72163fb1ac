"""From what is heard to the frames: events become envelopes, features are taken by interval.

Nothing is sampled at a point: a frame takes the maximum (impulses and envelopes) or the mean
(levels) over the whole time that it is shown, so that no hit falls between two frames.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phosphene.score.channels import Curve
from phosphene.score.timeline import Timeline
from phosphene.song.song import Feature


def hits(
    times: Curve, weights: Curve, attack: Curve | float, release: Curve | float, timeline: Timeline
) -> Curve:
    """Envelope of a train of hits: up over `attack`, down over `release`, the loudest wins.

    A hit begins with the frame whose interval holds it: it rises linearly, and falls as
    (1 - u)**2, where u runs from 0 to 1 over the release. With an attack of 0 that frame is its
    peak, and clearly so: a hit late in a frame would otherwise be as high in the next one.

    Parameters
    ----------
    times : ndarray, shape (n_hits,)
        Seconds.
    weights : ndarray, shape (n_hits,)
        Height of each hit, 0 to 1.
    attack, release : float or ndarray, shape (n_hits,)
        Seconds, 0 or more.
    timeline : Timeline

    Returns
    -------
    ndarray, shape (n_frames,)
        0 to 1.
    """
    envelope = np.zeros(timeline.n_frames)
    if len(times) == 0:
        return envelope
    attack, release = np.broadcast_to(attack, times.shape), np.broadcast_to(release, times.shape)
    frame_length = float(1 / timeline.fps)
    first = np.floor(times / frame_length + 1e-6).astype(np.int64)
    begin = first * frame_length
    peak = begin + attack
    reach = int(np.ceil(np.max(attack + release) / frame_length)) + 1
    for later in range(reach + 1):
        frame = first + later
        start = frame * frame_length
        end = start + frame_length
        rising = np.clip((end - begin) / np.maximum(attack, 1e-12), 0.0, 1.0)
        falling = np.clip(1.0 - (start - peak) / np.maximum(release, 1e-12), 0.0, 1.0) ** 2
        # The peak lies in this frame, before it, or after it.
        value = weights * np.where(start > peak + 1e-9, falling, rising)
        inside = (frame >= 0) & (frame < timeline.n_frames)
        np.maximum.at(envelope, frame[inside], value[inside])
    return envelope


def follow(values: Curve, hop: float, attack: float, release: float) -> Curve:
    """Follow a level: rises at most by 1 per `attack` seconds, falls at most by 1 per `release`.

    Parameters
    ----------
    values : ndarray, shape (n_hops,)
    hop : float
        Seconds between values.
    attack, release : float
        Seconds for a full swing; 0 follows at once.

    Returns
    -------
    ndarray, shape (n_hops,)
    """
    up = hop / attack if attack > 0 else np.inf
    down = hop / release if release > 0 else np.inf
    followed = np.empty(len(values))
    level = 0.0
    for k, value in enumerate(values.tolist()):
        level = min(value, level + up) if value > level else max(value, level - down)
        followed[k] = level
    return followed


def on_frames(feature: Feature, timeline: Timeline) -> Curve:
    """A feature on the frame grid, by interval: maximum, or mean where it is a level.

    Parameters
    ----------
    feature : Feature
        On the audio's own hop grid.
    timeline : Timeline

    Returns
    -------
    ndarray, shape (n_frames,)
        Where a frame is shorter than a hop and holds none, the line between its neighbours.
    """
    values = np.asarray(feature.values, dtype=np.float64)
    if len(values) == 0:
        return np.zeros(timeline.n_frames)
    times = np.arange(len(values)) * feature.hop
    frame = np.floor(times * float(timeline.fps) + 1e-6).astype(np.int64)
    middles = timeline.starts + 0.5 / float(timeline.fps)
    curve = np.interp(middles, times, values)
    shown = frame < timeline.n_frames
    frame, values = frame[shown], values[shown]
    held, begin = np.unique(frame, return_index=True)
    curve[held] = _reduced(values, begin, feature.kind)
    return curve


def _reduced(values: Curve, begin: NDArray[np.intp], kind: str) -> Curve:
    if kind != "level":
        return np.maximum.reduceat(values, begin)
    counts = np.diff(np.append(begin, len(values)))
    return np.add.reduceat(values, begin) / counts
