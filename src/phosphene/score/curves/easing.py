"""Easings: interpolation between keyframes, with the curves of easings.net."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import numpy as np
from pydantic import AfterValidator, WithJsonSchema

from phosphene.hints import hint
from phosphene.score.channels import Curve
from phosphene.score.curves.splines import clamped
from phosphene.score.timeline import Timeline
from phosphene.score.units import At

Shape = Callable[[Curve], Curve]

_BACK = 1.70158  # Penner's constant: overshoots by a tenth


def _power(exponent: int) -> Shape:
    return lambda u: u**exponent


def _sine(u: Curve) -> Curve:
    return 1.0 - np.cos(0.5 * np.pi * u)


def _expo(u: Curve) -> Curve:
    return np.where(u <= 0.0, 0.0, 2.0 ** (10.0 * (u - 1.0)))


def _circ(u: Curve) -> Curve:
    return 1.0 - np.sqrt(1.0 - np.clip(u, 0.0, 1.0) ** 2)


def _back(u: Curve, back: float = _BACK) -> Curve:
    return u * u * ((back + 1.0) * u - back)


def _elastic(u: Curve, turn: float = 2.0 * np.pi / 3.0, late: float = 10.75) -> Curve:
    swung = -(2.0 ** (10.0 * (u - 1.0))) * np.sin((10.0 * u - late) * turn)
    return np.where((u <= 0.0) | (u >= 1.0), np.clip(u, 0.0, 1.0), swung)


def _bounce(u: Curve) -> Curve:
    v = 1.0 - u
    # Four parabolas: the end of each, the position of its minimum, and the height there.
    ends = np.array([1.0, 2.0, 2.5])
    middles = np.array([0.0, 1.5, 2.25, 2.625])
    heights = np.array([0.0, 0.75, 0.9375, 0.984375])
    which = np.searchsorted(ends, v * 2.75, side="right")
    bounced: Curve = 7.5625 * (v - middles[which] / 2.75) ** 2 + heights[which]
    return 1.0 - bounced


def _out(shape: Shape) -> Shape:
    return lambda u: 1.0 - shape(1.0 - u)


def _in_out(shape: Shape) -> Shape:
    return lambda u: np.where(u < 0.5, 0.5 * shape(2.0 * u), 1.0 - 0.5 * shape(2.0 - 2.0 * u))


_IN: dict[str, Shape] = {
    "Sine": _sine,
    "Quad": _power(2),
    "Cubic": _power(3),
    "Quart": _power(4),
    "Quint": _power(5),
    "Expo": _expo,
    "Circ": _circ,
    "Back": _back,
    "Elastic": _elastic,
    "Bounce": _bounce,
}
# The in-out variants of these two are stretched in time, as are their constants.
_IN_BOTH = _IN | {
    "Back": lambda u: _back(u, _BACK * 1.525),
    "Elastic": lambda u: _elastic(u, 2.0 * np.pi / 4.5, 11.125),
}

#: By the names of easings.net: easeInSine, easeOutBounce, easeInOutQuad ...
SHAPES: dict[str, Shape] = {
    name: shape
    for family, begin in _IN.items()
    for name, shape in (
        (f"easeIn{family}", begin),
        (f"easeOut{family}", _out(begin)),
        (f"easeInOut{family}", _in_out(_IN_BOTH[family])),
    )
}


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
    return clamped(keys, values)(np.clip(times, keys[0], keys[-1]))


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
"""Field type of the name of an easing."""


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
        through them that may overshoot; `step`, which jumps at them; or a name of easings.net such
        as `easeOutBounce`, applied between each pair of keys.

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
