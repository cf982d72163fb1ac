"""Schedules as Phosphene writes them: keyframes where they are numbers, formulas where not."""

from __future__ import annotations

import numpy as np

from phosphene.deforum.schedule import Key, Schedule
from phosphene.score.formulas import FormulaError, parse
from phosphene.score.formulas.evaluate import curve


def keyframes(schedule: Schedule, end: int) -> dict[str, float]:
    """A schedule of numbers as a table of frames and values.

    Parameters
    ----------
    schedule : Schedule
        All numbers.
    end : int
        The last frame that the song has: keys past it are cut, on the line that leads to them.

    Returns
    -------
    dict of str to float
    """
    keys = [(key.frame, schedule.number(key)) for key in schedule.keys]
    table = {frame: value for frame, value in keys if frame <= end}
    beyond = next((key for key in keys if key[0] > end), None)
    if beyond and table:
        frame, value = max(table.items())
        share = (end - frame) / (beyond[0] - frame)
        table[end] = value + share * (beyond[1] - value)
    return {str(frame): value for frame, value in (table or {0: keys[0][1]}).items()}


def formulas(schedule: Schedule, rest: float) -> list[str]:
    """A schedule with formulas as formulas that add up to it.

    Parameters
    ----------
    schedule : Schedule
    rest : float
        The channel's neutral value, at which a layer does nothing.

    Returns
    -------
    list of str
        One; more where that one would be longer than the language allows: each is at rest outside
        of its own keys.

    Raises
    ------
    FormulaError
        If one holds something that the language lacks, is no number in some frame, or is too long
        for a single key.
    """
    return _formulas(schedule, 0, len(schedule.keys), rest)


def _formulas(schedule: Schedule, first: int, last: int, rest: float) -> list[str]:
    text = _piecewise(schedule, first, last)
    after = last < len(schedule.keys)
    if first:
        begun = f"frame < {schedule.keys[first].frame}"
        outside = f"({begun}) | (frame >= {schedule.keys[last].frame})" if after else begun
        text = f"where({outside}, {rest:g}, {text})"
    elif after:
        text = f"where(frame < {schedule.keys[last].frame}, {text}, {rest:g})"
    try:
        _run(text, schedule.last + 1)
    except FormulaError:
        if last - first < 2:
            raise
        middle = (first + last) // 2
        halves = (first, middle), (middle, last)
        return [part for half in halves for part in _formulas(schedule, *half, rest)]
    return [text]


def _run(text: str, frames: int) -> None:
    """Refuse at once what would be refused when the project is composed."""
    names = {"frame": np.arange(float(frames)), "pi": np.pi, "e": np.e}
    curve(text, parse(text).tree, names, frames)


def _piecewise(schedule: Schedule, first: int, last: int) -> str:
    """Keys first to last, halved again and again, so that brackets do not run deep."""
    if last - first == 1:
        following = schedule.keys[first + 1] if first + 1 < len(schedule.keys) else None
        return _piece(schedule, schedule.keys[first], following)
    middle = (first + last) // 2
    before, after = _piecewise(schedule, first, middle), _piecewise(schedule, middle, last)
    return f"where(frame < {schedule.keys[middle].frame}, {before}, {after})"


def _piece(schedule: Schedule, key: Key, following: Key | None) -> str:
    begin = schedule.formula(key)
    if following is None or isinstance(key.value, str) or key.value == following.value:
        return begin
    end = schedule.formula(following, str(following.frame))
    passed = f"(frame - {key.frame})" if key.frame else "frame"
    return f"lerp({begin}, {end}, {passed} / {following.frame - key.frame})"
