"""Deforum's formulas in Phosphene's language.

Deforum hands them to numexpr (https://numexpr.readthedocs.io), with three names of its own: `t` is
the number of the frame, `max_f` that of the last one, and `s` the seed. All three are integers, and
numexpr types every operation: what `/`, `//`, `%`, `**`, `&` or `+` do depends on their operands.
Phosphene's formulas know only floats, so the types are worked out here, while translating.
"""

from __future__ import annotations

import ast
import math
import operator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Any, NoReturn

import numpy as np

from phosphene.errors import ProjectError
from phosphene.score.formulas.parse import DEEPEST, LONGEST, MOST

Kind = IntEnum("Kind", ["BOOL", "INT", "LONG", "DOUBLE"], start=0)
"""numexpr's types; INT has 32 bits, LONG 64."""

_LIMITS = {Kind.INT: 2**31 - 1, Kind.LONG: 2**53}  # floats are exact so far

# numexpr's functions of numbers, by what they are here.
_OF_ONE = {
    name: name
    for name in (
        "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "log", "log10", "log2", "log1p",
        "exp", "expm1", "abs", "ceil", "floor", "trunc",
    )
} | {
    "arcsin": "asin", "arccos": "acos", "arctan": "atan",
    "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh",
}  # fmt: skip
_OF_TWO = {
    "arctan2": "atan2", "fmod": "fmod", "hypot": "hypot", "maximum": "max", "minimum": "min",
}  # fmt: skip
_WHOLE = ("round", "sign", "copy", "ones_like")  # of an integer: an integer
_SAME = ("real", "conj")

_ARITHMETIC: dict[type[ast.operator], Any] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
}
_COMPARISONS: dict[type[ast.cmpop], Any] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_REFUSED: dict[type[ast.AST], str] = {
    ast.BitXor: "the operator ^, a bitwise exclusive or and not a power, is not carried",
    ast.LShift: "the operator << is not carried",
    ast.RShift: "the operator >> is not carried",
    **dict.fromkeys((ast.BoolOp, ast.Not), "numexpr has &, | and ~ instead of and, or and not"),
    ast.IfExp: "numexpr has where(c, a, b) instead of if and else",
    ast.Compare: "numexpr takes one comparison at a time",
}


@dataclass(frozen=True)
class Translated:
    """A formula in Phosphene's language.

    Parameters
    ----------
    text : str
    integers : tuple of (str, int)
        Its products and powers of integers, and the largest magnitude at which each is exact:
        beyond it Deforum's integers overflow, or floats are rounded.
    """

    text: str
    integers: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class _Term:
    node: ast.expr
    kind: Kind
    size: int = 1
    value: Any = None  # of a constant


@lru_cache(maxsize=4096)
def translated(text: str, frame: str, last: int, seed: int) -> Translated:
    """A formula of Deforum's as one of Phosphene's.

    Parameters
    ----------
    text : str
        Such as `1.0025+0.002*sin(1.25*3.14*t/30)`.
    frame : str
        What `t` becomes: `frame`, or the number of a frame.
    last, seed : int
        What `max_f` and `s` become.

    Returns
    -------
    Translated

    Raises
    ------
    ProjectError
        If it cannot be read, holds what is not carried, or numexpr itself refuses it.
    """
    terms = {
        "t": _Term(ast.Name(frame) if frame == "frame" else ast.Constant(int(frame)), Kind.LONG),
        "max_f": _Term(ast.Constant(last), Kind.LONG),
        "s": _Term(ast.Constant(seed), Kind.LONG),
        **{name: _Term(ast.Name(name), Kind.DOUBLE) for name in ("pi", "e")},
    }
    try:
        if len(text) > 2 * LONGEST:
            raise ValueError(f"longer than {2 * LONGEST} characters")
        reader = _Reader(terms, angles="arctan2" in text)
        node = reader.read(ast.parse(text.strip(), mode="eval").body, 0).node
        integers = tuple((ast.unparse(part), limit) for part, limit in reader.integers)
        return Translated(ast.unparse(node), integers)
    except (SyntaxError, ValueError, ArithmeticError, RecursionError, MemoryError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else str(error)
        shown = text if len(text) <= 60 else f"{text[:59]}…"
        raise ProjectError(f"'{shown}' cannot be read: {reason}") from None


class _Reader:
    """Reads Deforum's tree, and gives each part its type."""

    def __init__(self, names: dict[str, _Term], angles: bool) -> None:
        self._names = names
        self._angles = angles  # of vectors, which tell -0.0 from 0; an integer has no -0
        self.integers: list[tuple[ast.expr, int]] = []

    def read(self, node: ast.expr, depth: int) -> _Term:
        if depth > DEEPEST:
            raise ValueError(f"this is more than {DEEPEST} levels deep")
        match node:
            case ast.Constant(value=bool() | int() | float() as value):
                return _constant(value)
            case ast.Name(id=name):
                if name not in self._names:
                    raise ValueError(f"unknown name '{name}'; Deforum has t, max_f and s")
                return self._names[name]
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() | ast.Invert() as op, operand=inner):
                return self._sized(self._signed(op, self.read(inner, depth + 1)))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
                a, b = self.read(left, depth + 1), self.read(right, depth + 1)
                return self._sized(self._binary(op, a, b))
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISONS:
                a, b = self.read(left, depth + 1), self.read(right, depth + 1)
                return self._sized(_compared(op, a, b))
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                return self._sized(_called(name, [self.read(arg, depth + 1) for arg in args]))
        _refuse(node)

    def _sized(self, term: _Term) -> _Term:
        """Refuse what grows beyond the language while it is translated."""
        if term.size > MOST:
            raise ValueError(f"a formula has at most {MOST} parts")
        return term

    def _binary(self, op: ast.operator, a: _Term, b: _Term) -> _Term:
        kind, size = max(a.kind, b.kind), a.size + b.size + 1
        plain = ast.BinOp(a.node, op, b.node)
        if a.value is not None and b.value is not None:
            value = _folded(op, a.value, b.value)
            exact = not isinstance(op, (ast.FloorDiv, ast.Mod)) or isinstance(value, int)
            return _constant(value, plain if exact else None, size)
        if isinstance(op, ast.Pow):
            term = _power(a, b)
        elif isinstance(op, ast.Div):
            term = _Term(_quotient(a, b), Kind.DOUBLE, size)
        elif isinstance(op, (ast.FloorDiv, ast.Mod)):
            term = _Term(plain, max(kind, Kind.INT), size)
            nonzero = b.value or (isinstance(b.node, ast.Constant) and b.node.value)
            if term.kind < Kind.DOUBLE and not nonzero:  # of integers: 0 where divided by 0
                guard = ast.Compare(b.node, [ast.Eq()], [ast.Constant(0)])
                chosen = _call("where", guard, ast.Constant(0), plain)
                term = _Term(chosen, term.kind, size + b.size + 4)
        elif isinstance(op, (ast.BitAnd, ast.BitOr)):
            if kind is Kind.DOUBLE:
                raise ValueError("& and | are for integers and conditions, not for fractions")
            term = _Term(plain, kind, size)
        elif kind is Kind.BOOL:  # numexpr adds and multiplies conditions as `|` and `&`
            if isinstance(op, ast.Sub):
                raise ValueError("numexpr does not subtract conditions")
            either = ast.BitOr() if isinstance(op, ast.Add) else ast.BitAnd()
            term = _Term(ast.BinOp(a.node, either, b.node), kind, size)
        else:
            term = _Term(plain, kind, size)
        if isinstance(op, (ast.Mult, ast.Pow)) and term.kind in _LIMITS:
            self.integers.append((term.node, _LIMITS[term.kind]))
        return term

    def _signed(self, op: ast.unaryop, a: _Term) -> _Term:
        if isinstance(op, ast.UAdd):
            return a
        size = a.size + 1
        if isinstance(op, ast.USub):
            if a.value is not None:
                return _constant(-a.value, ast.UnaryOp(op, a.node) if a.value else None, size)
            if a.kind is Kind.BOOL:
                raise ValueError("numexpr does not negate a condition with -")
            if a.kind < Kind.DOUBLE and self._angles:
                return _Term(ast.BinOp(ast.Constant(0), ast.Sub(), a.node), a.kind, size + 1)
            return _Term(ast.UnaryOp(op, a.node), a.kind, size)
        if a.kind is Kind.DOUBLE or isinstance(a.value, bool):
            raise ValueError("~ is for integers and conditions")
        if a.kind is Kind.BOOL:
            return _Term(ast.UnaryOp(ast.Not(), a.node), a.kind, size)
        flipped = ast.BinOp(ast.Constant(-1), ast.Sub(), a.node)
        return _Term(flipped, a.kind, size + 1, None if a.value is None else ~a.value)


def _refuse(node: ast.AST) -> NoReturn:
    inner = getattr(node, "op", None)
    for part in (node, inner):
        if type(part) in _REFUSED:
            raise ValueError(_REFUSED[type(part)])
    raise ValueError(f"'{ast.unparse(node)[:40]}' is not part of a formula")


def _constant(value: Any, node: ast.expr | None = None, size: int = 1) -> _Term:
    """A constant; `node` where it is written otherwise than as its value."""
    if isinstance(value, complex) or not math.isfinite(value):
        raise ValueError(f"this makes the constant {value}")
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError("this makes an integer of more than 64 bits")
    if isinstance(value, bool):
        kind = Kind.BOOL
    elif isinstance(value, int):
        kind = Kind.INT if -(2**31) <= value < 2**31 else Kind.LONG
    else:
        kind = Kind.DOUBLE
    if node is None:
        size = 2
        literal = ast.Constant(abs(value + 0))  # True is 1
        negative = math.copysign(1.0, value) < 0
        node = ast.UnaryOp(ast.USub(), literal) if negative else literal
    return _Term(node, kind, size, value)


def _folded(op: ast.operator, a: Any, b: Any) -> Any:
    """What Python makes of two constants, before numexpr sees them."""
    if isinstance(op, ast.Pow) and isinstance(a, int) and isinstance(b, int):
        if b > 64 and abs(a) > 1:
            raise ValueError("this makes an integer of more than 64 bits")
    try:
        return _ARITHMETIC[type(op)](a, b)
    except TypeError:
        raise ValueError("& and | are for integers and conditions, not for fractions") from None


def _quotient(a: _Term, b: _Term) -> ast.expr:
    """A true division; numexpr multiplies a float by the inverse of a constant float."""
    if a.kind is b.kind is Kind.DOUBLE and b.value is not None:
        if math.frexp(b.value)[0] != 0.5:  # of a power of two both are the same
            return ast.BinOp(a.node, ast.Mult(), _constant(1.0 / b.value).node)
    return ast.BinOp(a.node, ast.Div(), b.node)


def _power(a: _Term, b: _Term) -> _Term:
    plain, size = ast.BinOp(a.node, ast.Pow(), b.node), a.size + b.size + 1
    kind = max(a.kind, b.kind, Kind.INT)
    if b.value is None:
        if kind is Kind.DOUBLE:
            return _Term(plain, kind, size)
        if isinstance(b.node, ast.Constant):  # max_f or s: never negative
            return _Term(plain, kind, size)
        # Of integers, where the exponent is negative: 1 / a, without its fraction.
        inverse = _call("trunc", ast.BinOp(ast.Constant(1), ast.Div(), a.node))
        negative = ast.Compare(b.node, [ast.Lt()], [ast.Constant(0)])
        return _Term(_call("where", negative, inverse, plain), kind, 2 * size + 5)
    if a.kind < Kind.DOUBLE and b.kind < Kind.DOUBLE and b.value < 0:
        raise ValueError("numexpr takes no integer to a negative power")
    if b.value == int(b.value) and 0 <= b.value <= 50:  # numexpr multiplies
        kind = a.kind if b.value else max(a.kind, Kind.INT)
    return _Term(plain, kind, size)


def _compared(op: ast.cmpop, a: _Term, b: _Term) -> _Term:
    node, size = ast.Compare(a.node, [op], [b.node]), a.size + b.size + 1
    if a.value is not None and b.value is not None:
        return _constant(bool(_COMPARISONS[type(op)](a.value, b.value)), node, size)
    return _Term(node, Kind.BOOL, size)


def _called(name: str, args: list[_Term]) -> _Term:
    size = 1 + sum(arg.size for arg in args)
    takes = 3 if name == "where" else 2 if name in _OF_TWO else 1
    known = {"where", "isnan", "isfinite", *_OF_ONE, *_OF_TWO, *_WHOLE, *_SAME}
    if name not in known:
        raise ValueError(f"the function '{name}' is not carried")
    if len(args) != takes:
        raise ValueError(f"{name} takes {takes} values, not {len(args)}")
    first, nodes = args[0], [arg.node for arg in args]
    if name == "where":
        if first.value is not None:
            return args[1] if first.value else args[2]
        if first.kind is not Kind.BOOL:
            raise ValueError("where wants a condition first, such as t > 9")
        return _Term(_call("where", *nodes), max(args[1].kind, args[2].kind), size)
    if name in ("isnan", "isfinite"):
        itself = nodes[0] if name == "isnan" else ast.BinOp(nodes[0], ast.Sub(), nodes[0])
        op, other = (ast.NotEq(), itself) if name == "isnan" else (ast.Eq(), ast.Constant(0))
        return _Term(ast.Compare(itself, [op], [other]), Kind.BOOL, 2 * size + 2)
    if name == "ones_like":
        return _Term(ast.Constant(1), first.kind)
    written = _OF_ONE.get(name) or _OF_TWO.get(name) or name
    node = nodes[0] if name in ("copy", *_SAME) else _call(written, *nodes)
    if any(isinstance(arg.value, bool) for arg in args):
        raise ValueError(f"{name} is not for conditions that are the same in every frame")
    if all(arg.value is not None for arg in args):  # NumPy reckons with Python's constants
        with np.errstate(all="ignore"):
            value = np.asarray(getattr(np, name)(*(arg.value for arg in args))).item()
        term = _constant(value, None if name == "fmod" else node, size)  # of integers: by 0 is 0
        return _Term(term.node, max(term.kind, Kind.LONG), size, value)
    keeps = name in _WHOLE and first.kind in _LIMITS
    return _Term(node, first.kind if keeps else Kind.DOUBLE, size)


def _call(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name), list(arguments), [])
