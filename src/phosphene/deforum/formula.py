"""Deforum's formulas in Phosphene's language.

Deforum hands them to numexpr (https://numexpr.readthedocs.io), with three names of its own: `t` is
the number of the frame, `max_f` that of the last one, and `s` the seed.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

from phosphene.errors import ProjectError

# numexpr's functions by what they are here; the others are called alike.
_CALLS: dict[str, str] = {
    "arcsin": "asin({0})",
    "arccos": "acos({0})",
    "arctan": "atan({0})",
    "arctan2": "atan2({0}, {1})",
    "arcsinh": "log({0} + sqrt(({0}) ** 2 + 1))",
    "arccosh": "log({0} + sqrt(({0}) ** 2 - 1))",
    "arctanh": "0.5 * log((1 + ({0})) / (1 - ({0})))",
    "log1p": "log(1 + ({0}))",
    "expm1": "exp({0}) - 1",
    "fmod": "sign({0}) * mod(abs({0}), abs({1}))",
    "trunc": "sign({0}) * floor(abs({0}))",
    "maximum": "max({0}, {1})",
    "minimum": "min({0}, {1})",
    "ones_like": "1",
    "real": "{0}",
    "conj": "{0}",
}


class _Words(ast.NodeTransformer):
    def __init__(self, names: Mapping[str, ast.expr]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._names.get(node.id, node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        self.generic_visit(node)
        op = ast.Not() if isinstance(node.op, ast.Invert) else node.op
        return ast.UnaryOp(op, node.operand)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        arguments = [self.visit(argument) for argument in node.args]
        form = _CALLS.get(node.func.id) if isinstance(node.func, ast.Name) else None
        if form is None:
            return ast.Call(node.func, arguments, node.keywords)
        written = form.format(*(ast.unparse(argument) for argument in arguments), "0")
        return ast.parse(written, mode="eval").body


def translated(text: str, frame: str, last: int, seed: int) -> str:
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
    str
        Read only, not run; `phosphene.score.formulas.parse` says what is wrong with it.

    Raises
    ------
    ProjectError
        If it can not be read.
    """
    names = {"t": frame, "max_f": str(last), "s": str(seed)}
    nodes = {name: ast.parse(word, mode="eval").body for name, word in names.items()}
    try:
        tree = _Words(nodes).visit(ast.parse(text.strip(), mode="eval").body)
        return ast.unparse(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else str(error)
        raise ProjectError(f"'{text}' is no formula: {reason}") from None
