"""Reads schedules: text such as `0:(1.0), 30:(1+0.1*sin(t/5))`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from phosphene.errors import ProjectError
from phosphene.importers.deforum.schedules.formula import Translated, translate
from phosphene.importers.deforum.settings import shown
from phosphene.score.curves.formulas import FormulaError, parse
from phosphene.score.curves.formulas.evaluate import evaluate, names_in

# Deforum's numbers; anything else is a formula, even `1e-3` and `( 1 )`.
_NUMBER = re.compile(r"[+-]?(\d+(\.\d+)?|\.\d+)", re.ASCII)
_MOST_FORMULAS = 1000  # in a schedule
_FRAME = re.compile(r"\d{1,15}", re.ASCII)
_NAMES = {"pi": np.pi, "e": np.e}


@dataclass(frozen=True)
class Key:
    """A frame, and the number at that frame or the formula from that frame on."""

    frame: int
    value: float | str


@dataclass(frozen=True)
class Schedule:
    """The keys of a schedule, in a channel's unit.

    A number is interpolated linearly to the value at the next key. A formula is evaluated at every
    frame up to the next key. The last key is held. The channel's value is
    ``gain * value + offset``; as that is linear, it is interpolated in the same way.

    Parameters
    ----------
    keys : tuple of Key
        At least one; frames increase.
    last : int
        Number of the last frame, `max_f` in formulas.
    seed : int
        Value of `s` in formulas.
    gain, offset : float
    """

    keys: tuple[Key, ...]
    last: int
    seed: int
    gain: float = 1.0
    offset: float = 0.0

    @property
    def numbers(self) -> bool:
        """Whether all of its values are numbers."""
        return all(isinstance(key.value, float) for key in self.keys)

    def mapped(self, gain: float, offset: float = 0.0) -> Schedule:
        """The same schedule in another unit: ``gain * value + offset``."""
        return replace(self, gain=self.gain * gain, offset=self.offset * gain + offset)

    def number(self, key: Key) -> float:
        """The channel's value at a key that is a number.

        Raises
        ------
        ProjectError
            If it is not finite.
        """
        value = self.gain * float(key.value) + self.offset
        if not np.isfinite(value):
            raise ProjectError(f"'{key.value:g}' is too large")
        return float(f"{value:.12g}")

    def formula(self, key: Key, frame: str = "frame") -> Translated:
        """The channel's formula at a key."""
        if isinstance(key.value, float):
            return Translated(f"{self.number(key):.12g}")
        translation = translate(key.value, frame, self.last, self.seed)
        if self.gain == 1.0 and not self.offset:
            return translation
        factor = "" if abs(self.gain) == 1.0 else f"{abs(self.gain):.12g} * "
        text = translation.text if self.gain == 1.0 else f"{factor}({translation.text})"
        sign = "-" if self.gain < 0 else ""
        before = f"{self.offset:.12g} {sign or '+'} " if self.offset else sign
        return replace(translation, text=before + text)

    @property
    def first(self) -> float:
        """The channel's value at the first key.

        Raises
        ------
        ProjectError
            If it is not a finite number.
        """
        return constant(self.formula(self.keys[0], str(self.keys[0].frame)).text)


def constant(text: str) -> float:
    """The value of a constant formula.

    Raises
    ------
    ProjectError
        If it has variables, or is not a finite number.
    """
    try:
        tree = parse(text).tree
    except FormulaError as error:
        raise ProjectError(str(error), error.fix) from None
    if unknown := names_in(tree).keys() - _NAMES.keys():
        raise ProjectError(f"'{text}': expected a number, without '{min(unknown)}'")
    value = float(np.asarray(evaluate(tree, _NAMES)))
    if not np.isfinite(value):
        raise ProjectError(f"'{text}' is {value:g}; expected a finite number")
    return value


def frame_number(text: str, last: int, seed: int) -> int:
    """The frame of a key: a number, or a formula with `max_f` and `s`.

    Raises
    ------
    ProjectError
        If it cannot be read.
    """
    text = _bare(text)
    if _FRAME.fullmatch(text):
        return int(text)
    return int(constant(translate(text, "0", last, seed).text))


def read_schedule(given: Any, last: int, seed: int) -> Schedule:
    """Read a schedule.

    Parameters
    ----------
    given : Any
        Comma-separated text such as ``frame: (value)``; a frame may be a formula with `max_f`. A
        single number or formula is used for all frames.
    last, seed : int
        Values of `max_f` and `s`.

    Returns
    -------
    Schedule
        Keys after the last frame are omitted, as in Deforum.

    Raises
    ------
    ProjectError
        If it cannot be read.
    """
    if isinstance(given, bool) or not isinstance(given, (str, int, float)):
        raise ProjectError(f"got {shown(given)}: expected a schedule such as 0:(1.0), 30:(1.1)")
    text = str(given)
    if ":" not in text:
        text = f"0:({text})"
    try:
        return _schedule(_split(text), last, seed)
    except ProjectError:
        # Deforum's web UI splits at every comma, so it also reads unbalanced brackets.
        try:
            return _schedule(text.split(","), last, seed)
        except ProjectError:
            pass
        raise


def _schedule(entries: Iterable[str], last: int, seed: int) -> Schedule:
    keys: dict[int, float | str] = {}
    formulas = 0
    for entry in entries:
        if not entry.strip():
            continue
        frame, *values = entry.split(":")
        if not values:
            raise ProjectError(f"'{_short(entry)}': expected a frame and a value, as 0:(1.0)")
        at = frame_number(frame, last, seed)
        value = _value(values[0], last, seed)  # the rest after a second colon is ignored
        formulas += isinstance(value, str)
        if formulas > _MOST_FORMULAS:
            raise ProjectError(f"more than {_MOST_FORMULAS} formulas")
        if 0 <= at <= last:
            keys[at] = value
    if not keys:
        raise ProjectError(f"expected at least one key within frames 0 to {last}")
    first = min(keys)
    # The first value is held before the first key, even that of a formula.
    if first:
        value = keys[first]
        keys[0] = re.sub(r"\bt\b", str(first), value) if isinstance(value, str) else value
    return Schedule(tuple(Key(frame, keys[frame]) for frame in sorted(keys)), last, seed)


def _value(text: str, last: int, seed: int) -> float | str:
    bare = re.sub(r"['\"()]", "", text.strip())
    if _NUMBER.fullmatch(bare):
        number = float(bare)
        if not np.isfinite(number):
            raise ProjectError(f"'{_short(bare)}' is too large")
        return number
    formula = _bare(text)
    translate(formula, "frame", last, seed)  # raises errors
    return formula


def _bare(text: Any) -> str:
    return str(text).strip().strip("'\"").strip()


def _short(text: str) -> str:
    text = text.strip()
    return text if len(text) <= 40 else f"{text[:39]}…"


def _split(text: str) -> Iterator[str]:
    """Split a text at the commas outside brackets."""
    depth, start = 0, 0
    for at, letter in enumerate(text):
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and depth <= 0:
            yield text[start:at]
            start = at + 1
    yield text[start:]
