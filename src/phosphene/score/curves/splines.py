"""Cubic splines through keys, in NumPy: `scipy.interpolate` takes 0.4 s to import."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Times = NDArray[np.floating[Any]]


class Spline:
    """A curve of cubic pieces that is continuous with its first derivative.

    Parameters
    ----------
    keys : ndarray, shape (n_keys,)
        At least two, increasing.
    values, slopes : ndarray, shape (n_keys,)
        The value and the derivative at each key.
    """

    def __init__(self, keys: Values, values: Values, slopes: Values) -> None:
        self._keys, self._last = keys, len(keys) - 2
        length = np.diff(keys)
        rise = np.diff(values)
        begin, end = slopes[:-1] * length, slopes[1:] * length
        # Coefficients of the powers of the share of a piece that has passed.
        self._powers = values[:-1], begin, 3.0 * rise - 2.0 * begin - end, begin + end - 2.0 * rise
        self._length = length
        areas = length * (values[:-1] + 0.5 * rise + (begin - end) / 12.0)
        self._areas = np.concatenate([[0.0], np.cumsum(areas)])

    def __call__(self, times: Times) -> Values:
        """The values at times between the first and the last key."""
        piece, share = self._place(times)
        value, slope, square, cube = (power[piece] for power in self._powers)
        curve: Values = value + share * (slope + share * (square + share * cube))
        return curve

    def integral(self, times: Times) -> Values:
        """The integral from the first key to each time."""
        piece, share = self._place(times)
        value, slope, square, cube = (power[piece] for power in self._powers)
        mean = value + share * (slope / 2.0 + share * (square / 3.0 + share * cube / 4.0))
        area: Values = self._areas[piece] + self._length[piece] * share * mean
        return area

    def _place(self, times: Times) -> tuple[NDArray[np.intp], Values]:
        piece = np.clip(np.searchsorted(self._keys, times, side="right") - 1, 0, self._last)
        share: Values = (times - self._keys[piece]) / self._length[piece]
        return piece, share


def clamped(keys: Values, values: Values) -> Spline:
    """The spline with a continuous second derivative and a slope of 0 at both ends.

    Parameters
    ----------
    keys, values : ndarray, shape (n_keys,)
        At least two.
    """
    length = np.diff(keys)
    steep = np.diff(values) / length
    middle = 2.0 * (length[1:] + length[:-1])
    target = 3.0 * (length[1:] * steep[:-1] + length[:-1] * steep[1:])
    # The equation of each inner key: length after * slope before + middle * slope
    # + length before * slope after = target. Solved by elimination (Thomas).
    shares, slopes = [0.0], [0.0]
    for before, after, weight, wanted in zip(
        length[:-1].tolist(), length[1:].tolist(), middle.tolist(), target.tolist(), strict=True
    ):
        pivot = weight - after * shares[-1]
        slopes.append((wanted - after * slopes[-1]) / pivot)
        shares.append(before / pivot)
    slopes.append(0.0)
    for k in range(len(slopes) - 2, 0, -1):
        slopes[k] -= shares[k] * slopes[k + 1]
    return Spline(keys, values, np.array(slopes))


def monotone(values: Values) -> Spline:
    """The spline through values at 0, 1, 2 ... that never overshoots.

    Fritsch and Butland, "A method for constructing local monotone piecewise cubic interpolants"
    (1984): each slope is the harmonic mean of those on both sides, and 0 at an extremum.

    Parameters
    ----------
    values : ndarray, shape (n,)
        At least two.
    """
    rise = np.diff(values)
    before, after = rise[:-1], rise[1:]
    total = before + after
    same = (np.sign(before) == np.sign(after)) & (total != 0.0)
    inner = np.divide(2.0 * before, total, out=np.zeros_like(total), where=same) * after
    return Spline(
        np.arange(len(values), dtype=np.float64),
        values,
        np.concatenate([rise[:1], inner, rise[-1:]]),
    )
