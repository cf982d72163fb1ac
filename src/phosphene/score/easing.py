"""Easings: how a curve goes from one keyframe to the next."""

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
    """Interpolate by a shape that is run through anew from each key to the next."""

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
    # Clamped: the curve is at rest where it starts and ends, and is held flat beyond.
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
"""The name of an easing, as a modulator's parameter."""


def interpolate(keys: Curve, values: Curve, times: Curve, ease: str = "linear") -> Curve:
    """Values between keyframes; before the first and after the last they are held.

    Parameters
    ----------
    keys : ndarray, shape (n_keys,)
        Times of the keyframes in seconds, rising.
    values : ndarray, shape (n_keys,)
        Value at each keyframe.
    times : ndarray, shape (n_frames,)
        Where to read, in seconds.
    ease : str
        A name in `EASINGS`: `linear` as the article has it; `smooth` rests at every keyframe;
        `cubic` runs smoothly through them (`scipy.interpolate.CubicSpline`) and may overshoot;
        `step` jumps at them; `easeOutBounce` and its like run from each key to the next as
        easings.net draws them.

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
        Of the curve, for errors.

    Returns
    -------
    ndarray, shape (timeline.n_frames,)

    Raises
    ------
    ProjectError
        As `Timeline.placed` does.
    """
    placed = timeline.placed(keys, name)
    return interpolate(
        np.array(list(placed)), np.array(list(placed.values())), timeline.times, ease
    )
