"""A schedule: text such as `0:(1.0), 30:(1+0.1*sin(t/5))`, as a row of keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from phosphene.deforum.formula import translated
from phosphene.errors import ProjectError
from phosphene.score.formulas import parse
from phosphene.score.formulas.evaluate import evaluate, names_in

# What Deforum takes for a number; anything else is a formula, `1e-3` and `( 1 )` too.
_NUMBER = re.compile(r"[+-]?(\d+(\.\d+)?|\.\d+)")


@dataclass(frozen=True)
class Key:
    """A frame, and the number that holds there or Deforum's formula that holds from there on."""

    frame: int
    value: float | str


@dataclass(frozen=True)
class Schedule:
    """Keys, and how they are read.

    After a number the values go in a straight line to the value at the next key; a formula is read
    at every frame up to the next key. The last key is held. `gain * value + offset` is what the
    channel gets: both laws hold for it, as it is linear.

    Parameters
    ----------
    keys : tuple of Key
        At least one; frames rise.
    last : int
        Number of the last frame: `max_f`.
    seed : int
        What `s` is in formulas.
    gain, offset : float
    """

    keys: tuple[Key, ...]
    last: int
    seed: int
    gain: float = 1.0
    offset: float = 0.0

    @property
    def numbers(self) -> bool:
        """Whether it needs no formula."""
        return all(isinstance(key.value, float) for key in self.keys)

    def mapped(self, gain: float, offset: float = 0.0) -> Schedule:
        """The same schedule in another unit: gain * value + offset."""
        return replace(self, gain=self.gain * gain, offset=self.offset * gain + offset)

    def number(self, key: Key) -> float:
        """The channel's value at a key that is a number."""
        return float(f"{self.gain * float(key.value) + self.offset:.12g}")

    def formula(self, key: Key, frame: str = "frame") -> str:
        """The channel's formula at a key, in Phosphene's language."""
        if isinstance(key.value, float):
            return f"{self.number(key):.12g}"
        text = translated(key.value, frame, self.last, self.seed)
        if self.gain == 1.0:
            return f"{self.offset:.12g} + {text}" if self.offset else text
        factor = "" if abs(self.gain) == 1.0 else f"{abs(self.gain):.12g} * "
        sign = "-" if self.gain < 0 else ""
        if self.offset:
            return f"{self.offset:.12g} {sign or '+'} {factor}({text})"
        return f"{sign}{factor}({text})"

    @property
    def first(self) -> float:
        """The channel's value at the first key."""
        text = self.formula(self.keys[0], str(self.keys[0].frame))
        return constant(text)


def constant(text: str) -> float:
    """The value of a formula without names.

    Raises
    ------
    ProjectError
        If it is none, or has names in it.
    """
    tree = parse(text).tree
    if names := names_in(tree):
        raise ProjectError(f"'{text}': expected a number; '{next(iter(names))}' is none")
    return float(np.asarray(evaluate(tree, {})))


def read_schedule(text: str, last: int, seed: int) -> Schedule:
    """Read a schedule.

    Parameters
    ----------
    text : str
        `frame: (value)`, with commas between; a frame may be a formula in `max_f`.
    last, seed : int
        What `max_f` and `s` are.

    Returns
    -------
    Schedule
        Keys past the last frame are left out: Deforum does not read them.

    Raises
    ------
    ProjectError
        If it can not be read.
    """
    keys: dict[int, float | str] = {}
    for entry in _split(text, ","):
        frame, colon, value = entry.partition(":")
        if not colon:
            raise ProjectError(f"'{entry.strip()}': expected a frame and a value, as 0:(1.0)")
        at = int(constant(translated(_bare(frame), "0", last, seed)))
        if 0 <= at <= last:
            keys[at] = _value(value, last, seed)
    if not keys:
        raise ProjectError(f"'{text}': expected at least one key within frames 0 to {last}")
    first = min(keys)
    # Before the first key its value is held: a formula stands still.
    if first:
        held = keys[first]
        keys[0] = re.sub(r"\bt\b", str(first), held) if isinstance(held, str) else held
    return Schedule(tuple(Key(frame, keys[frame]) for frame in sorted(keys)), last, seed)


def _value(text: str, last: int, seed: int) -> float | str:
    bare = re.sub(r"['\"()]", "", text.strip())
    if _NUMBER.fullmatch(bare):
        return float(bare)
    translated(_bare(text), "frame", last, seed)  # what can not be read is told now
    return _bare(text)


def _bare(text: Any) -> str:
    return str(text).strip().strip("'\"").strip()


def _split(text: str, separator: str) -> Iterator[str]:
    """The parts of a text between separators that stand in no bracket."""
    depth, part = 0, ""
    for letter in text:
        depth += (letter in "([") - (letter in ")]")
        if letter == separator and depth <= 0:
            yield part
            part = ""
        else:
            part += letter
    if part.strip():
        yield part
