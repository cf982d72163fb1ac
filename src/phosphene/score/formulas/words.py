"""Every word of the formula language, in tables: names, functions, operators."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from phosphene.score.channels import Curve


@dataclass(frozen=True)
class Function:
    """One function: how many arguments it takes (`most` None: any number), and what it does."""

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
    return a - np.floor(a / b) * b  # agrees with a // b, also where rounding decides


def _bitwise(ufunc: np.ufunc) -> Callable[..., Curve]:
    """A bitwise operator: of whole numbers, and so of conditions; not a number elsewhere."""

    def combined(a: Curve, b: Curve) -> Curve:
        whole = [(x == np.floor(x)) & (np.abs(x) <= 2.0**53) for x in (a, b)]
        bits = [
            np.where(fits, x, 0.0).astype(np.int64) for fits, x in zip(whole, (a, b), strict=True)
        ]
        return np.where(whole[0] & whole[1], ufunc(*bits), np.nan)

    return combined


#: Names with a value in every frame; beside them stand the audio features, such as `low`.
NAMES: dict[str, str] = {
    "t": "seconds since the song's start",
    "frame": "number of the frame, at the project's fps",
    "frames": "number of frames of the song, at the project's fps",
    "fps": "the project's frames per second",
    "duration": "length of the song in seconds",
    "beat": "the beat, from 1, with its fraction",
    "bar": "the bar, from 1, with its fraction",
    "bpm": "beats per minute",
    "since_beat": "seconds since the frame that holds the last beat began; 0 in that frame",
    "until_beat": "seconds until the frame that holds the next beat begins; never 0",
    "pi": "3.14159...",
    "e": "2.71828...",
    "tau": "2 pi, a whole turn",
}

#: What may be called; angles are in radians.
FUNCTIONS: dict[str, Function] = {
    "where": Function(lambda c, a, b: np.where(_true(c), a, b), 3, 3, "(c, a, b): a if c, else b"),
    "abs": Function(np.abs, 1, 1, "distance from 0"),
    "sign": Function(np.sign, 1, 1, "-1, 0 or 1"),
    "floor": Function(np.floor, 1, 1, "the whole number below"),
    "ceil": Function(np.ceil, 1, 1, "the whole number above"),
    "round": Function(np.round, 1, 1, "the nearest whole number, halves to the even one"),
    "fract": Function(lambda x: x - np.floor(x), 1, 1, "what is left above the whole number below"),
    "mod": Function(_modulo, 2, 2, "(a, b): what is left of a; has the sign of b, as has a % b"),
    "fmod": Function(np.fmod, 2, 2, "(a, b): what is left of a; has the sign of a"),
    "trunc": Function(np.trunc, 1, 1, "the whole number towards 0"),
    "min": Function(_fold(np.minimum), 2, None, "the least"),
    "max": Function(_fold(np.maximum), 2, None, "the greatest"),
    "clip": Function(_clip, 3, 3, "(x, low, high): x, kept between"),
    "lerp": Function(lambda a, b, u: a + u * (b - a), 3, 3, "(a, b, u): from a to b by u"),
    "smoothstep": Function(_smoothstep, 3, 3, "(low, high, x): 0 to 1, resting at both"),
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

#: Operators: how Python's `ast` calls them, how they are written, and what they do.
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

#: What a word of the tree does, functions and operators alike.
CALLS: dict[str, Callable[..., Any]] = {
    **{name: function.call for name, function in FUNCTIONS.items()},
    **dict(OPERATORS.values()),
}
