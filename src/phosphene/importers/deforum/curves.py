"""Schedules as Phosphene writes them: keyframes where they are numbers, formulas where not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phosphene.errors import ProjectError
from phosphene.importers.deforum.formula import Translated
from phosphene.importers.deforum.schedule import Key, Schedule
from phosphene.score.formulas import FormulaError, parse
from phosphene.score.formulas.evaluate import curve, evaluate

_MOST_FRAMES = 100_000  # that formulas are tried on


def keyframes(schedule: Schedule, end: int) -> dict[str, float]:
    """A schedule of numbers as a table of frames and values.

    Parameters
    ----------
    schedule : Schedule
        All numbers.
    end : int
        The last frame of the film: keys past it are cut, on the line that leads to them.

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


def formula(schedule: Schedule, end: int) -> str | dict[str, float]:
    """A schedule with formulas as one formula, tried on every frame of the film.

    Parameters
    ----------
    schedule : Schedule
    end : int
        The last frame of the film.

    Returns
    -------
    str or dict of str to float
        Keyframes, one wherever the value changes, where a formula would be longer than the
        language allows.

    Raises
    ------
    ProjectError
        If it holds something that the language lacks, or is not a finite number in some frame.
    """
    keys = [key for key in schedule.keys if key.frame <= end]
    following = [*schedule.keys[1:], None][: len(keys)]
    pieces = [_piece(schedule, *pair) for pair in zip(keys, following, strict=True)]
    frames = [key.frame for key in keys]
    tried = min(end + 1, _MOST_FRAMES)
    try:
        values = [
            _tried(piece, begin, min(stop, tried))
            for piece, begin, stop in zip(pieces, frames, [*frames[1:], tried], strict=True)
            if begin < min(stop, tried)
        ]
        text = _piecewise(frames, [piece.text for piece in pieces])
    except FormulaError as error:
        raise ProjectError(str(error), error.fix) from None
    try:
        parse(text)
    except FormulaError as error:
        if end >= tried or len(keys) == 1:
            raise ProjectError(str(error), error.fix) from None
        return _each_frame(np.concatenate(values))
    return text


def _tried(piece: Translated, begin: int, stop: int) -> NDArray[np.float64]:
    """A formula's value in its own frames, begin to stop; refused where it is not exact."""
    names = {"frame": np.arange(float(begin), float(stop)), "pi": np.pi, "e": np.e}
    for product, limit in piece.integers:
        if np.any(np.abs(evaluate(parse(product).tree, names)) > limit):
            raise ProjectError(f"the integer {product} is beyond {limit}")
    return curve(piece.text, parse(piece.text).tree, names, stop - begin, begin=begin)


def _each_frame(values: NDArray[np.float64]) -> dict[str, float]:
    rounded = [float(f"{value:.12g}") for value in values]
    last = len(rounded) - 1
    return {
        str(frame): value
        for frame, value in enumerate(rounded)
        if frame in (0, last) or not rounded[frame - 1] == value == rounded[frame + 1]
    }


def _piecewise(frames: list[int], texts: list[str]) -> str:
    """One formula of several, halved again and again, so that brackets do not run deep."""
    if len(texts) == 1:
        return texts[0]
    middle = len(texts) // 2
    before = _piecewise(frames[:middle], texts[:middle])
    after = _piecewise(frames[middle:], texts[middle:])
    return f"where(frame < {frames[middle]}, {before}, {after})"


def _piece(schedule: Schedule, key: Key, following: Key | None) -> Translated:
    begin = schedule.formula(key)
    if following is None or isinstance(key.value, str) or key.value == following.value:
        return begin
    end = schedule.formula(following, str(following.frame))
    passed = f"(frame - {key.frame})" if key.frame else "frame"
    text = f"lerp({begin.text}, {end.text}, {passed} / {following.frame - key.frame})"
    return Translated(text, end.integers)
