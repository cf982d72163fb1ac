"""Converts a curve to another frame rate along the same path."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from scipy.interpolate import PchipInterpolator

from phosphene.score.channels import Curve
from phosphene.score.timeline import Timeline


def own_frames(timeline: Timeline) -> Timeline:
    """The frames of the same song at the project's own fps."""
    if timeline.fps == timeline.project_fps:
        return timeline
    return replace(timeline, fps=timeline.project_fps)


def carried(values: Curve, timeline: Timeline) -> Curve:
    """Values on the frames of `timeline` that add up to the same path in the same time.

    The path is exact wherever frames of both rates begin, for any curve, even an impulse. In
    between it is interpolated without overshoot (`scipy.interpolate.PchipInterpolator`), so the
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
        travelled = PchipInterpolator(np.arange(len(path)), path)(edges)
    return np.diff(travelled) / ratio
