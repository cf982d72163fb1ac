"""Easings: interpolation between keyframes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import numpy as np
from pydantic import AfterValidator, WithJsonSchema
from scipy.interpolate import CubicSpline

from phosphene.hints import hint
from phosphene.score.channels import Curve
from phosphene.score.easing_shapes import SHAPES, Shape
from phosphene.score.timeline import Timeline
from phosphene.score.units import At

Interpolator = Callable[[Curve, Curve, Curve], Curve]


def _between(shape: Shape) -> Interpolator:
    """Interpolate with a shape that is repeated between each pair of keys."""

    def interpolator(keys: Curve, values: Curve, times: Curve) -> Curve:
        left = np.clip(np.searchsorted(keys, times, side="right") - 1, 0, len(keys) - 2)
        share = np.clip((times - keys[left]) / (keys[left + 1] - keys[left]), 0.0, 1.0)
        return values[left] + shape(share) * (values[left + 1] - values[left])

    return interpolator


def _linear(keys: Curve, values: Curve, times: Curve) -> Curve:
    return np.interp(times, keys, values)


def _step(keys: Curve, values: Curve, times: Curve) -> Curve:
    return values[np.clip(np.searchsorted(keys, times, side="right") - 1, 0, len(keys) - 1)]


def _cubic(keys: Curve, values: Curve, times: Curve) -> Curve:
    # Clamped: the curve starts and ends with slope 0, and is held flat beyond.
    return CubicSpline(keys, values, bc_type="clamped")(np.clip(times, keys[0], keys[-1]))


EASINGS: dict[str, Interpolator] = {
    "linear": _linear,
    "smooth": _between(lambda u: u * u * (3.0 - 2.0 * u)),
    "cubic": _cubic,
    "step": _step,
    **{name: _between(shape) for name, shape in SHAPES.items()},
}


def _known(ease: str) -> str:
    if ease not in EASINGS:
        raise ValueError(f"unknown easing. {hint(ease, EASINGS)}")
    return ease


Ease = Annotated[str, AfterValidator(_known), WithJsonSchema({"enum": list(EASINGS)})]
"""The name of an easing as a modulator's parameter."""


def interpolate(keys: Curve, values: Curve, times: Curve, ease: str = "linear") -> Curve:
    """Interpolate between keyframes; values are held before the first and after the last.

    Parameters
    ----------
    keys : ndarray, shape (n_keys,)
        Times of the keyframes in seconds, increasing.
    values : ndarray, shape (n_keys,)
        Value at each keyframe.
    times : ndarray, shape (n_frames,)
        Times to interpolate at, in seconds.
    ease : str
        A name in `EASINGS`: `linear`; `smooth`, with slope 0 at every keyframe; `cubic`, a spline
        through them (`scipy.interpolate.CubicSpline`) that may overshoot; `step`, which jumps at
        them; or a name of easings.net such as `easeOutBounce`, applied between each pair of keys.

    Returns
    -------
    ndarray, shape (n_frames,)
    """
    if len(keys) == 1:
        return np.full(len(times), values[0])
    return EASINGS[ease](keys, values, times)


def keyed(keys: dict[At, float], ease: str, timeline: Timeline, name: str) -> Curve:
    """A curve through keyframes.

    Parameters
    ----------
    keys : dict of At to float
        At least one.
    ease : str
        A name in `EASINGS`.
    timeline : Timeline
    name : str
        Name of the curve, for errors.

    Returns
    -------
    ndarray, shape (timeline.n_frames,)

    Raises
    ------
    ProjectError
        As for `Timeline.placed`.
    """
    placed = timeline.placed(keys, name)
    return interpolate(
        np.array(list(placed)), np.array(list(placed.values())), timeline.times, ease
    )
