"""Translates Deforum formulas to Phosphene's.

Deforum evaluates them with numexpr (https://numexpr.readthedocs.io) and three variables: `t` is the
frame number, `max_f` the number of the last frame, and `s` the seed. All three are integers. In
numexpr, the meaning of `/`, `//`, `%`, `**`, `&` and `+` depends on the types of the operands;
Phosphene's formulas only have floats, so types are inferred during translation.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache
from typing import NoReturn

from phosphene.errors import ProjectError
from phosphene.importers.deforum.schedules.terms import (
    ARITHMETIC,
    COMPARISONS,
    LIMITS,
    Kind,
    Term,
    call,
    comparison,
    constant,
    fold,
    function,
    power,
    quotient,
)
from phosphene.score.curves.formulas.parse import MAX_DEPTH, MAX_LENGTH, MAX_PARTS

_UNSUPPORTED: dict[type[ast.AST], str] = {
    ast.BitXor: "the operator ^, a bitwise exclusive or, not a power, is not supported",
    ast.LShift: "the operator << is not supported",
    ast.RShift: "the operator >> is not supported",
    **dict.fromkeys((ast.BoolOp, ast.Not), "numexpr has &, | and ~ instead of and, or and not"),
    ast.IfExp: "numexpr has where(c, a, b) instead of if and else",
    ast.Compare: "numexpr takes one comparison at a time",
}


@dataclass(frozen=True)
class Translated:
    """A formula translated to Phosphene's language.

    Parameters
    ----------
    text : str
    integers : tuple of (str, int)
        Products and powers of integers, and the largest magnitude up to which each is exact. Above
        it, integers overflow in Deforum, or floats are rounded.
    """

    text: str
    integers: tuple[tuple[str, int], ...] = ()


@lru_cache(maxsize=4096)
def translate(text: str, frame: str, last: int, seed: int) -> Translated:
    """Translate a formula.

    Parameters
    ----------
    text : str
        For example `1.0025+0.002*sin(1.25*3.14*t/30)`.
    frame : str
        Replacement of `t`: `frame`, or the number of a frame.
    last, seed : int
        Values of `max_f` and `s`.

    Raises
    ------
    ProjectError
        If it cannot be parsed, is not supported, or is an error in numexpr.
    """
    terms = {
        "t": Term(ast.Name(frame) if frame == "frame" else ast.Constant(int(frame)), Kind.LONG),
        "max_f": Term(ast.Constant(last), Kind.LONG),
        "s": Term(ast.Constant(seed), Kind.LONG),
        **{name: Term(ast.Name(name), Kind.DOUBLE) for name in ("pi", "e")},
    }
    try:
        if len(text) > 2 * MAX_LENGTH:
            raise ValueError(f"longer than {2 * MAX_LENGTH} characters")
        reader = _Reader(terms, angles="arctan2" in text)
        node = reader.read(ast.parse(text.strip(), mode="eval").body, 0).node
        integers = tuple((ast.unparse(part), limit) for part, limit in reader.integers)
        return Translated(ast.unparse(node), integers)
    except (SyntaxError, ValueError, ArithmeticError, RecursionError, MemoryError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else str(error)
        shown = text if len(text) <= 60 else f"{text[:59]}…"
        raise ProjectError(f"'{shown}' cannot be read: {reason}") from None


class _Reader:
    """Translates a syntax tree, and infers the type of each part."""

    def __init__(self, names: dict[str, Term], angles: bool) -> None:
        self._names = names
        self._angles = angles  # arctan2 distinguishes -0.0 from 0; an integer has no -0
        self.integers: list[tuple[ast.expr, int]] = []

    def read(self, node: ast.expr, depth: int) -> Term:
        if depth > MAX_DEPTH:
            raise ValueError(f"nested more than {MAX_DEPTH} levels deep")
        match node:
            case ast.Constant(value=bool() | int() | float() as value):
                return constant(value)
            case ast.Name(id=name):
                if name not in self._names:
                    raise ValueError(f"unknown name '{name}'; Deforum has t, max_f and s")
                return self._names[name]
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() | ast.Invert() as op, operand=inner):
                return self._checked(self._signed(op, self.read(inner, depth + 1)))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in ARITHMETIC:
                a, b = self.read(left, depth + 1), self.read(right, depth + 1)
                return self._checked(self._binary(op, a, b))
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in COMPARISONS:
                a, b = self.read(left, depth + 1), self.read(right, depth + 1)
                return self._checked(comparison(op, a, b))
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                return self._checked(function(name, [self.read(arg, depth + 1) for arg in args]))
        _reject(node)

    def _checked(self, term: Term) -> Term:
        """Raise an error if the formula has become too long."""
        if term.size > MAX_PARTS:
            raise ValueError(f"a formula has at most {MAX_PARTS} parts")
        return term

    def _binary(self, op: ast.operator, a: Term, b: Term) -> Term:
        kind, size = max(a.kind, b.kind), a.size + b.size + 1
        plain = ast.BinOp(a.node, op, b.node)
        if a.value is not None and b.value is not None:
            value = fold(op, a.value, b.value)
            exact = not isinstance(op, (ast.FloorDiv, ast.Mod)) or isinstance(value, int)
            return constant(value, plain if exact else None, size)
        if isinstance(op, ast.Pow):
            term = power(a, b)
        elif isinstance(op, ast.Div):
            term = Term(quotient(a, b), Kind.DOUBLE, size)
        elif isinstance(op, (ast.FloorDiv, ast.Mod)):
            term = Term(plain, max(kind, Kind.INT), size)
            nonzero = b.value or (isinstance(b.node, ast.Constant) and b.node.value)
            if term.kind < Kind.DOUBLE and not nonzero:  # division of integers by 0 gives 0
                guard = ast.Compare(b.node, [ast.Eq()], [ast.Constant(0)])
                chosen = call("where", guard, ast.Constant(0), plain)
                term = Term(chosen, term.kind, size + b.size + 4)
        elif isinstance(op, (ast.BitAnd, ast.BitOr)):
            if kind is Kind.DOUBLE:
                raise ValueError("& and | are for integers and conditions, not for fractions")
            term = Term(plain, kind, size)
        elif kind is Kind.BOOL:  # numexpr adds and multiplies conditions as `|` and `&`
            if isinstance(op, ast.Sub):
                raise ValueError("numexpr cannot subtract conditions")
            either = ast.BitOr() if isinstance(op, ast.Add) else ast.BitAnd()
            term = Term(ast.BinOp(a.node, either, b.node), kind, size)
        else:
            term = Term(plain, kind, size)
        if isinstance(op, (ast.Mult, ast.Pow)) and term.kind in LIMITS:
            self.integers.append((term.node, LIMITS[term.kind]))
        return term

    def _signed(self, op: ast.unaryop, a: Term) -> Term:
        if isinstance(op, ast.UAdd):
            return a
        size = a.size + 1
        if isinstance(op, ast.USub):
            if a.value is not None:
                return constant(-a.value, ast.UnaryOp(op, a.node) if a.value else None, size)
            if a.kind is Kind.BOOL:
                raise ValueError("numexpr cannot negate a condition with -")
            if a.kind < Kind.DOUBLE and self._angles:
                return Term(ast.BinOp(ast.Constant(0), ast.Sub(), a.node), a.kind, size + 1)
            return Term(ast.UnaryOp(op, a.node), a.kind, size)
        if a.kind is Kind.DOUBLE or isinstance(a.value, bool):
            raise ValueError("~ is for integers and conditions")
        if a.kind is Kind.BOOL:
            return Term(ast.UnaryOp(ast.Not(), a.node), a.kind, size)
        flipped = ast.BinOp(ast.Constant(-1), ast.Sub(), a.node)
        return Term(flipped, a.kind, size + 1, None if a.value is None else ~a.value)


def _reject(node: ast.AST) -> NoReturn:
    for part in (node, getattr(node, "op", node)):
        if type(part) in _UNSUPPORTED:
            raise ValueError(_UNSUPPORTED[type(part)])
    raise ValueError(f"'{ast.unparse(node)[:40]}' is not part of a formula")
