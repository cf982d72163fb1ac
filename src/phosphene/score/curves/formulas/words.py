"""The tables of the formula language: names, functions and operators."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from phosphene.score.channels import Curve


@dataclass(frozen=True)
class Function:
    """A function, and how many arguments it takes (`most` is None for any number)."""

    call: Callable[..., Any]
    least: int
    most: int | None
    description: str


def _true(x: Curve) -> Any:
    return np.not_equal(x, 0.0)


def _smoothstep(low: Curve, high: Curve, x: Curve) -> Curve:
    u = np.clip((x - low) / (high - low), 0.0, 1.0)
    return u * u * (3.0 - 2.0 * u)


def _fold(ufunc: np.ufunc) -> Callable[..., Curve]:
    def folded(first: Curve, *others: Curve) -> Curve:
        for other in others:
            first = ufunc(first, other)
        return first

    return folded


def _clip(x: Curve, low: Curve, high: Curve) -> Curve:
    return np.minimum(np.maximum(x, low), high)


def _quotient(a: Curve, b: Curve) -> Curve:
    return np.floor(a / b)


def _modulo(a: Curve, b: Curve) -> Curve:
    return a - np.floor(a / b) * b  # agrees with a // b, even where rounding decides


def _bitwise(ufunc: np.ufunc) -> Callable[..., Curve]:
    """A bitwise operator on integers and conditions; NaN for other numbers."""

    def combined(a: Curve, b: Curve) -> Curve:
        integral = [(x == np.floor(x)) & (np.abs(x) <= 2.0**53) for x in (a, b)]
        bits = [
            np.where(fits, x, 0.0).astype(np.int64)
            for fits, x in zip(integral, (a, b), strict=True)
        ]
        return np.where(integral[0] & integral[1], ufunc(*bits), np.nan)

    return combined


#: Names with a value in every frame, in addition to audio features such as `low`.
NAMES: dict[str, str] = {
    "t": "seconds since the song's start",
    "frame": "number of the frame, at the project's fps",
    "frames": "number of frames of the song, at the project's fps",
    "fps": "the project's frames per second",
    "duration": "length of the song in seconds",
    "beat": "the beat, counted from 1, with its fraction",
    "bar": "the bar, counted from 1, with its fraction",
    "bpm": "beats per minute",
    "since_beat": "seconds since the start of the frame with the last beat; 0 in that frame",
    "until_beat": "seconds until the start of the frame with the next beat; never 0",
    "pi": "3.14159...",
    "e": "2.71828...",
    "tau": "2 pi, a full turn",
}

#: Functions; angles are in radians.
FUNCTIONS: dict[str, Function] = {
    "where": Function(lambda c, a, b: np.where(_true(c), a, b), 3, 3, "(c, a, b): a if c, else b"),
    "abs": Function(np.abs, 1, 1, "absolute value"),
    "sign": Function(np.sign, 1, 1, "-1, 0 or 1"),
    "floor": Function(np.floor, 1, 1, "round down"),
    "ceil": Function(np.ceil, 1, 1, "round up"),
    "round": Function(np.round, 1, 1, "round to the nearest integer, halves to even"),
    "fract": Function(lambda x: x - np.floor(x), 1, 1, "fractional part, x - floor(x)"),
    "mod": Function(_modulo, 2, 2, "(a, b): remainder with the sign of b, like a % b"),
    "fmod": Function(np.fmod, 2, 2, "(a, b): remainder with the sign of a"),
    "trunc": Function(np.trunc, 1, 1, "round towards 0"),
    "min": Function(_fold(np.minimum), 2, None, "the least"),
    "max": Function(_fold(np.maximum), 2, None, "the greatest"),
    "clip": Function(_clip, 3, 3, "(x, low, high): x limited to low and high"),
    "lerp": Function(lambda a, b, u: a + u * (b - a), 3, 3, "(a, b, u): interpolates from a to b"),
    "smoothstep": Function(_smoothstep, 3, 3, "(low, high, x): smooth step from 0 to 1"),
    "sqrt": Function(np.sqrt, 1, 1, "square root"),
    "exp": Function(np.exp, 1, 1, "e to the power of x"),
    "log": Function(np.log, 1, 1, "natural logarithm"),
    "expm1": Function(np.expm1, 1, 1, "exp(x) - 1, exact near 0"),
    "log1p": Function(np.log1p, 1, 1, "log(1 + x), exact near 0"),
    "log2": Function(np.log2, 1, 1, "logarithm to the base 2"),
    "log10": Function(np.log10, 1, 1, "logarithm to the base 10"),
    "pow": Function(np.power, 2, 2, "(a, b): a ** b"),
    "hypot": Function(np.hypot, 2, 2, "length of a vector"),
    "sin": Function(np.sin, 1, 1, "sine"),
    "cos": Function(np.cos, 1, 1, "cosine"),
    "tan": Function(np.tan, 1, 1, "tangent"),
    "asin": Function(np.arcsin, 1, 1, "angle of a sine"),
    "acos": Function(np.arccos, 1, 1, "angle of a cosine"),
    "atan": Function(np.arctan, 1, 1, "angle of a tangent"),
    "atan2": Function(np.arctan2, 2, 2, "(y, x): angle of a vector"),
    "sinh": Function(np.sinh, 1, 1, "hyperbolic sine"),
    "cosh": Function(np.cosh, 1, 1, "hyperbolic cosine"),
    "tanh": Function(np.tanh, 1, 1, "hyperbolic tangent"),
    "asinh": Function(np.arcsinh, 1, 1, "value of a hyperbolic sine"),
    "acosh": Function(np.arccosh, 1, 1, "value of a hyperbolic cosine"),
    "atanh": Function(np.arctanh, 1, 1, "value of a hyperbolic tangent"),
}  # fmt: skip

#: Operators: their name in Python's `ast`, their notation, and their function.
OPERATORS: dict[type[ast.AST], tuple[str, Callable[..., Any]]] = {
    ast.Add: ("+", np.add),
    ast.Sub: ("-", np.subtract),
    ast.Mult: ("*", np.multiply),
    ast.Div: ("/", np.divide),
    ast.FloorDiv: ("//", _quotient),
    ast.Mod: ("%", _modulo),
    ast.Pow: ("**", np.power),
    ast.USub: ("- ", np.negative),
    ast.UAdd: ("+ ", np.positive),
    ast.Not: ("not", lambda x: ~_true(x)),
    ast.And: ("and", lambda a, b: _true(a) & _true(b)),
    ast.Or: ("or", lambda a, b: _true(a) | _true(b)),
    ast.BitAnd: ("&", _bitwise(np.bitwise_and)),
    ast.BitOr: ("|", _bitwise(np.bitwise_or)),
    ast.Lt: ("<", np.less),
    ast.LtE: ("<=", np.less_equal),
    ast.Gt: (">", np.greater),
    ast.GtE: (">=", np.greater_equal),
    ast.Eq: ("==", np.equal),
    ast.NotEq: ("!=", np.not_equal),
}

#: Functions and operators by name.
CALLS: dict[str, Callable[..., Any]] = {
    **{name: function.call for name, function in FUNCTIONS.items()},
    **dict(OPERATORS.values()),
}
