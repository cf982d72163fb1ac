"""Evaluates a formula's tree on arrays, with one NumPy call per node."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from phosphene.hints import hint
from phosphene.score.channels import Curve
from phosphene.score.curves.formulas.tree import Apply, FormulaError, Name, Node, Number
from phosphene.score.curves.formulas.words import CALLS


def evaluate(node: Node, values: Mapping[str, Any]) -> Any:
    """The value of a tree; not finite where the formula is undefined.

    Parameters
    ----------
    node : Node
    values : mapping of str to ndarray, shape (n_frames,), or float
        The value of every name in the tree.

    Returns
    -------
    ndarray of float64, shape (n_frames,), or float
    """
    match node:
        case Number(value=value):
            return np.float64(value)
        case Name(name=name):
            return values[name]
    with np.errstate(all="ignore"):
        arguments = [evaluate(argument, values) for argument in node.arguments]
        return np.asarray(CALLS[node.word](*arguments), dtype=np.float64)


def names_in(node: Node) -> dict[str, int]:
    """Every name in a tree, and the column of its first use."""
    if isinstance(node, Name):
        return {node.name: node.column}
    found: dict[str, int] = {}
    if isinstance(node, Apply):
        for argument in node.arguments:
            found = names_in(argument) | found
    return found


def curve(
    text: str,
    tree: Node,
    values: Mapping[str, Any],
    n_frames: int,
    film: range | None = None,
    begin: int = 0,
) -> Curve:
    """The value of a formula in every frame.

    Parameters
    ----------
    text : str
        The formula, for errors.
    tree : Node
    values : mapping of str to ndarray, shape (n_frames,), or float
        The values of names; other names are errors.
    n_frames : int
    film : range, optional
        The rows shown in the film; default: all. In other rows, values that are not finite are
        replaced by the nearest finite one.
    begin : int
        Frame number of row 0, for errors.

    Returns
    -------
    ndarray of float64, shape (n_frames,), finite

    Raises
    ------
    FormulaError
        If a name is unknown, or the value in a frame of the film is not finite.
    """
    for name, column in names_in(tree).items():
        if name not in values:
            raise FormulaError(f"unknown name '{name}'. {hint(name, values)}", text, column)
    curve = np.broadcast_to(evaluate(tree, values), n_frames).astype(np.float64)
    odd = np.flatnonzero(~np.isfinite(curve))
    shown = range(n_frames) if film is None else film
    wrong = odd[(odd >= shown.start) & (odd < shown.stop)]
    if len(wrong):
        row = int(wrong[0])
        there = {name: np.broadcast_to(values[name], n_frames)[row] for name in names_in(tree)}
        culprit = _culprit(tree, there)
        value = float(evaluate(culprit, there))
        raise FormulaError(
            f"the value is {value:g} at frame {begin + row}; expected a finite number",
            text,
            _reported(culprit, value).column,
            "Guard it: use max(x, 0.001) in a division or a logarithm, or where(c, a, b).",
        )
    if len(odd):
        finite = np.flatnonzero(np.isfinite(curve))
        curve[odd] = np.interp(odd, finite, curve[finite])
    return curve


def _reported(culprit: Node, value: float) -> Node:
    """The part whose column is reported: if a power is too large, its constant exponent."""
    if isinstance(culprit, Apply) and culprit.word in ("**", "pow") and np.isinf(value):
        return culprit if names_in(culprit.arguments[1]) else culprit.arguments[1]
    return culprit


def _culprit(node: Node, values: Mapping[str, Any]) -> Node:
    """The innermost part that is not finite although its arguments are."""
    if isinstance(node, Apply):
        for argument in node.arguments:
            if not np.isfinite(evaluate(argument, values)):
                return _culprit(argument, values)
    return node
