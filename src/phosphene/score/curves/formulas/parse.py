"""Parses a formula into a tree with a whitelist; everything else is refused."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any

import numpy as np

from phosphene.hints import hint
from phosphene.score.curves.formulas.evaluate import evaluate
from phosphene.score.curves.formulas.tree import Apply, FormulaError, Name, Node, Number
from phosphene.score.curves.formulas.words import FUNCTIONS, NAMES, OPERATORS

MAX_LENGTH = 2000  # characters
MAX_DEPTH = 60  # nested brackets or operators
MAX_PARTS = 500  # numbers, names, operators and functions
MAX_EXPONENT = 64.0  # of a constant power, unless the result is at most 2 ** 64

# Python syntax that is not allowed, by `ast` class.
_REFUSED: dict[type[ast.AST], str] = {
    ast.Attribute: "attributes (a.b)",
    ast.Subscript: "brackets ([...])",
    ast.Lambda: "lambda",
    ast.NamedExpr: "assignments (:=)",
    ast.JoinedStr: "text",
    ast.Starred: "stars before a name",
    ast.Await: "await",
    ast.Yield: "yield",
    ast.YieldFrom: "yield",
    **dict.fromkeys((ast.List, ast.Tuple, ast.Set, ast.Dict), "lists, tuples and sets"),
    **dict.fromkeys((ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp), "loops"),
    ast.MatMult: "the operator @",
    ast.LShift: "the operator <<",
    ast.RShift: "the operator >>",
    ast.BitXor: "the operator ^ (a power is written **)",
    ast.Invert: "the operator ~ (write not)",
    ast.Is: "the operator is",
    ast.IsNot: "the operator is",
    ast.In: "the operator in",
    ast.NotIn: "the operator in",
}


@dataclass(frozen=True)
class Formula:
    """A parsed formula: its text and its tree."""

    text: str
    tree: Node

    def __str__(self) -> str:
        return self.text


def parse(given: Any) -> Formula:
    """Parse a formula.

    Parameters
    ----------
    given : str, int, float or Formula
        At most 2000 characters, 500 parts and 60 levels deep.

    Returns
    -------
    Formula

    Raises
    ------
    FormulaError
        If it is not valid; the message begins with the column.
    """
    if isinstance(given, Formula):
        return given
    if isinstance(given, bool) or not isinstance(given, (str, int, float)):
        raise ValueError("expected a formula, as text")
    text = str(given)
    _shallow(text)
    try:
        # In brackets, so that leading spaces and line breaks do not matter.
        body = ast.parse(f"({text}\n)", mode="eval").body
    except SyntaxError as error:
        column = min(max((error.offset or 2) - 1, 1), len(text) + 1)
        raise FormulaError(f"invalid syntax: {error.msg}", text, column) from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise FormulaError(f"invalid syntax: {error}", text, 1) from None
    return Formula(text, _Reader(text).read(body, 0))


def _shallow(text: str) -> None:
    """Refuse text that would be expensive to parse."""
    if len(text) > MAX_LENGTH:
        raise FormulaError(f"longer than {MAX_LENGTH} characters", text, MAX_LENGTH + 1)
    opened: list[int] = []
    for column, letter in enumerate(text, 1):
        if not (letter.isascii() and (letter.isprintable() or letter in "\t\n")):
            raise FormulaError(f"the character {letter!r} is not allowed", text, column)
        if letter in "#\\;'\"{}[]`":
            raise FormulaError(f"{letter} is not allowed", text, column)
        if letter == "(":
            opened.append(column)
        elif letter == ")" and not opened:
            raise FormulaError("unmatched closing bracket", text, column)
        elif letter == ")":
            opened.pop()
        if len(opened) > MAX_DEPTH:
            raise FormulaError(f"more than {MAX_DEPTH} nested brackets", text, column)
    if opened:
        raise FormulaError("unclosed bracket", text, opened[-1])
    if not text.strip():
        raise FormulaError("the formula is empty", text, 1)


class _Reader:
    """Converts an `ast` to a `tree`, and counts nodes."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = [0, *(k + 1 for k, letter in enumerate(text) if letter == "\n")]
        self.count = 0

    def read(self, node: ast.AST, depth: int) -> Node:
        column = self._column(node)
        self.count += 1
        if depth > MAX_DEPTH or self.count > MAX_PARTS:
            deep = f"more than {MAX_DEPTH} nested levels"
            many = f"a formula has at most {MAX_PARTS} parts"
            raise FormulaError(deep if depth > MAX_DEPTH else many, self.text, column)
        match node:
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                return Number(self._number(value, column), column)
            case ast.Name(id=name):
                return Name(self._name(name, column), column)
            case ast.UnaryOp(op=op, operand=operand):
                return self._apply(op, [operand], column, depth)
            case ast.BinOp(left=left, op=op, right=right):
                return self._bounded(self._apply(op, [left, right], column, depth))
            case ast.BoolOp(op=op, values=values):
                return self._chain([(op, value) for value in values[1:]], values[0], depth)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return self._apply(op, [left, right], column, depth)
            case ast.Compare():
                raise FormulaError(
                    "one comparison at a time: write a < b and b < c", self.text, column
                )
            case ast.IfExp(test=test, body=body, orelse=other):
                return self._arguments("where", [test, body, other], column, depth)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                return self._bounded(self._call(name, args, column, depth))
        raise self._refused(node, column)

    def _column(self, node: ast.AST) -> int:
        line, offset = getattr(node, "lineno", 1), getattr(node, "col_offset", 1)
        # Without the bracket that `parse` added before the first line.
        return max(1, self.lines[min(line, len(self.lines)) - 1] + offset + (0 if line == 1 else 1))

    def _number(self, value: float, column: int) -> float:
        try:
            number = float(value)
        except OverflowError:
            number = np.inf
        if not np.isfinite(number):
            raise FormulaError("this number is too large", self.text, column)
        return number

    def _name(self, name: str, column: int) -> str:
        if name in FUNCTIONS:
            raise FormulaError(f"'{name}' is a function: write {name}(...)", self.text, column)
        if name.startswith("_"):
            raise FormulaError(f"unknown name '{name}'. {hint(name, NAMES)}", self.text, column)
        return name

    def _call(self, name: str, args: list[ast.expr], column: int, depth: int) -> Node:
        function = FUNCTIONS.get(name)
        if function is None:
            known = hint(name, FUNCTIONS)
            raise FormulaError(f"unknown function '{name}'. {known}", self.text, column)
        most = function.most
        if len(args) < function.least or (most is not None and len(args) > most):
            takes = f"{function.least}" if most is not None else f"at least {function.least}"
            raise FormulaError(f"{name} takes {takes} values, not {len(args)}", self.text, column)
        return self._arguments(name, args, column, depth)

    def _apply(self, op: ast.AST, operands: list[ast.expr], column: int, depth: int) -> Node:
        if type(op) not in OPERATORS:
            raise self._refused(op, column)
        return self._arguments(OPERATORS[type(op)][0], operands, column, depth)

    def _arguments(self, word: str, args: list[ast.expr], column: int, depth: int) -> Node:
        return Apply(word, tuple(self.read(arg, depth + 1) for arg in args), column)

    def _chain(self, rest: list[tuple[ast.boolop, ast.expr]], first: ast.expr, depth: int) -> Node:
        depth += len(rest)  # the depth of a chain is its length
        tree = self.read(first, depth)
        for op, value in rest:
            word = OPERATORS[type(op)][0]
            tree = Apply(word, (tree, self.read(value, depth)), tree.column)
        return tree

    def _bounded(self, node: Node) -> Node:
        """Refuse a power of constants that is too large, before evaluation."""
        if isinstance(node, Apply) and node.word in ("**", "pow") and _constant(node):
            exponent, value = (float(evaluate(part, {})) for part in (node.arguments[1], node))
            if not (abs(exponent) <= MAX_EXPONENT or abs(value) <= 2.0**MAX_EXPONENT):
                raise FormulaError(
                    f"the exponent becomes {value:g}, which is too large",
                    self.text,
                    node.arguments[1].column,
                )
        return node

    def _refused(self, node: ast.AST, column: int) -> FormulaError:
        what = _REFUSED.get(type(node))
        if isinstance(node, ast.Call):
            what = "keywords" if node.keywords else "calling anything but a function by its name"
        if isinstance(node, ast.Constant):
            what = f"{node.value!r}"
        return FormulaError(f"{what or 'this'} is not allowed", self.text, column)


def _constant(node: Node) -> bool:
    if isinstance(node, Apply):
        return all(_constant(argument) for argument in node.arguments)
    return isinstance(node, Number)
