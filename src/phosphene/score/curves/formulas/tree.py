"""The tree of a parsed formula: numbers, names and functions of them."""

from __future__ import annotations

from dataclasses import dataclass


class FormulaError(ValueError):
    """A formula is invalid; `column`, from 1, is the position."""

    def __init__(self, message: str, text: str, column: int, fix: str = "") -> None:
        rest = text[column - 1 :]
        near = f", at '{rest if len(rest) <= 20 else rest[:19] + '…'}'" if rest.strip() else ""
        super().__init__(f"column {column}{near}: {message}")
        self.column, self.fix = column, fix


@dataclass(frozen=True)
class Number:
    """A literal number."""

    value: float
    column: int


@dataclass(frozen=True)
class Name:
    """A name with a value in every frame."""

    name: str
    column: int


@dataclass(frozen=True)
class Apply:
    """A function or an operator of `words`, and its arguments."""

    word: str
    arguments: tuple[Node, ...]
    column: int


Node = Number | Name | Apply
