"""Typed terms of a formula, by the rules of numexpr's operators and functions.

Each term is a node of Python's `ast`, in Phosphene's formula language.
"""

from __future__ import annotations

import ast
import math
import operator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np

Kind = IntEnum("Kind", ["BOOL", "INT", "LONG", "DOUBLE"], start=0)
"""numexpr's types; INT has 32 bits, LONG 64."""

LIMITS = {Kind.INT: 2**31 - 1, Kind.LONG: 2**53}  # floats are exact up to here

# numexpr's functions, and their names in Phosphene.
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
_KEEP_INTEGERS = ("round", "sign", "copy", "ones_like")
_SAME = ("real", "conj")

ARITHMETIC: dict[type[ast.operator], Any] = {
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
COMPARISONS: dict[type[ast.cmpop], Any] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


@dataclass(frozen=True)
class Term:
    """A term of a formula: its node, type, number of nodes, and value if it is constant."""

    node: ast.expr
    kind: Kind
    size: int = 1
    value: Any = None


def constant(value: Any, node: ast.expr | None = None, size: int = 1) -> Term:
    """A constant; `node` is its expression, by default its value."""
    if isinstance(value, complex) or not math.isfinite(value):
        raise ValueError(f"a constant is {value}")
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError("a constant is an integer of more than 64 bits")
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
    return Term(node, kind, size, value)


def fold(op: ast.operator, a: Any, b: Any) -> Any:
    """The value of an operator on two constants, which Python computes before numexpr does."""
    integers = isinstance(a, int) and isinstance(b, int)
    if isinstance(op, ast.Pow) and integers and b > 64 and abs(a) > 1:
        raise ValueError("a constant is an integer of more than 64 bits")
    try:
        return ARITHMETIC[type(op)](a, b)
    except TypeError:
        raise ValueError("& and | are for integers and conditions, not for fractions") from None


def quotient(a: Term, b: Term) -> ast.expr:
    """A true division; numexpr multiplies floats by the inverse of a constant."""
    floats = a.kind is b.kind is Kind.DOUBLE
    if floats and b.value is not None and abs(math.frexp(b.value)[0]) != 0.5:  # not a power of two
        return ast.BinOp(a.node, ast.Mult(), constant(1.0 / b.value).node)
    return ast.BinOp(a.node, ast.Div(), b.node)


def power(a: Term, b: Term) -> Term:
    """``a ** b``; of integers, a negative exponent gives the truncated inverse."""
    plain, size = ast.BinOp(a.node, ast.Pow(), b.node), a.size + b.size + 1
    kind = max(a.kind, b.kind, Kind.INT)
    if b.value is None:
        if kind is Kind.DOUBLE:
            return Term(plain, kind, size)
        if isinstance(b.node, ast.Constant):  # max_f or s: never negative
            return Term(plain, kind, size)
        inverse = call("trunc", ast.BinOp(ast.Constant(1), ast.Div(), a.node))
        negative = ast.Compare(b.node, [ast.Lt()], [ast.Constant(0)])
        return Term(call("where", negative, inverse, plain), kind, 2 * size + 5)
    if a.kind < Kind.DOUBLE and b.kind < Kind.DOUBLE and b.value < 0:
        raise ValueError("numexpr cannot raise an integer to a negative power")
    if b.value == int(b.value) and 0 <= b.value <= 50:  # numexpr multiplies
        kind = a.kind if b.value else max(a.kind, Kind.INT)
    return Term(plain, kind, size)


def comparison(op: ast.cmpop, a: Term, b: Term) -> Term:
    """A comparison of two terms."""
    node, size = ast.Compare(a.node, [op], [b.node]), a.size + b.size + 1
    if a.value is not None and b.value is not None:
        return constant(bool(COMPARISONS[type(op)](a.value, b.value)), node, size)
    return Term(node, Kind.BOOL, size)


def function(name: str, args: list[Term]) -> Term:
    """A call of a function of numexpr."""
    size = 1 + sum(arg.size for arg in args)
    count = 3 if name == "where" else 2 if name in _OF_TWO else 1
    known = {"where", "isnan", "isfinite", *_OF_ONE, *_OF_TWO, *_KEEP_INTEGERS, *_SAME}
    if name not in known:
        raise ValueError(f"the function '{name}' is not supported")
    if len(args) != count:
        raise ValueError(f"{name} takes {count} arguments, not {len(args)}")
    first, nodes = args[0], [arg.node for arg in args]
    if name == "where":
        if first.value is not None:
            return args[1] if first.value else args[2]
        if first.kind is not Kind.BOOL:
            raise ValueError("the first argument of where is a condition, such as t > 9")
        return Term(call("where", *nodes), max(args[1].kind, args[2].kind), size)
    if name in ("isnan", "isfinite"):
        itself = nodes[0] if name == "isnan" else ast.BinOp(nodes[0], ast.Sub(), nodes[0])
        op, other = (ast.NotEq(), itself) if name == "isnan" else (ast.Eq(), ast.Constant(0))
        return Term(ast.Compare(itself, [op], [other]), Kind.BOOL, 2 * size + 2)
    if name == "ones_like":
        return Term(ast.Constant(1), first.kind)
    written = _OF_ONE.get(name) or _OF_TWO.get(name) or name
    node = nodes[0] if name in ("copy", *_SAME) else call(written, *nodes)
    if any(isinstance(arg.value, bool) for arg in args):
        raise ValueError(f"{name} does not accept a constant condition")
    if all(arg.value is not None for arg in args):  # NumPy computes with Python's constants
        with np.errstate(all="ignore"):
            value = np.asarray(getattr(np, name)(*(arg.value for arg in args))).item()
        term = constant(value, None if name == "fmod" else node, size)  # fmod of integers by 0 is 0
        return Term(term.node, max(term.kind, Kind.LONG), size, value)
    keeps = name in _KEEP_INTEGERS and first.kind in LIMITS
    return Term(node, first.kind if keeps else Kind.DOUBLE, size)


def call(name: str, *arguments: ast.expr) -> ast.Call:
    """A node that calls a function."""
    return ast.Call(ast.Name(name), list(arguments), [])
