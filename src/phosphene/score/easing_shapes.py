"""The easings of easings.net: progress as a function of time, both from 0 to 1."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from phosphene.score.channels import Curve

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
    # Four parabolas: the end, the position of the minimum, and its height.
    ends = np.array([1.0, 2.0, 2.5])
    middles = np.array([0.0, 1.5, 2.25, 2.625])
    heights = np.array([0.0, 0.75, 0.9375, 0.984375])
    which = np.searchsorted(ends, v * 2.75, side="right")
    return 1.0 - (7.5625 * (v - middles[which] / 2.75) ** 2 + heights[which])


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
