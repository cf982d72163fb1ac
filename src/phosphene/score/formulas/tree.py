"""What a formula is made of, once it has been read: numbers, names and functions of them."""

from __future__ import annotations

from dataclasses import dataclass


class FormulaError(ValueError):
    """A formula says something that is not allowed: `column` (from 1) is where."""

    def __init__(self, message: str, text: str, column: int, fix: str = "") -> None:
        rest = text[column - 1 :]
        near = f", at '{rest if len(rest) <= 20 else rest[:19] + '…'}'" if rest.strip() else ""
        super().__init__(f"column {column}{near}: {message}")
        self.column, self.fix = column, fix


@dataclass(frozen=True)
class Number:
    """A number as it stands in the formula."""

    value: float
    column: int


@dataclass(frozen=True)
class Name:
    """Something that has a value in every frame."""

    name: str
    column: int


@dataclass(frozen=True)
class Apply:
    """A function or an operator of `words`, and what it is applied to."""

    word: str
    arguments: tuple[Node, ...]
    column: int


Node = Number | Name | Apply
