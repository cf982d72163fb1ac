"""Motion layers of an imported project.

A schedule of numbers becomes keyframes, and a schedule with formulas becomes an expression.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phosphene.errors import ProjectError
from phosphene.importers.deforum.schedules.formula import Translated
from phosphene.importers.deforum.schedules.schedule import Key, Schedule
from phosphene.importers.deforum.settings import VIDEO, Settings
from phosphene.importers.deforum.tables.motion import Motion
from phosphene.score.channels import CHANNELS
from phosphene.score.curves.formulas import FormulaError, parse
from phosphene.score.curves.formulas.evaluate import curve, evaluate
from phosphene.score.patterns import MAX_CADENCE

_MOST_FRAMES = 100_000  # maximum number of frames on which formulas are evaluated
# Channels that only have an effect if one of these others moves.
_NEEDS = {"field_of_view": {"tilt", "pan"}}


@dataclass
class Layer:
    """A table of a project: its name, entries, and comments on them and on the table itself."""

    about: str
    entries: dict[str, Any]
    remarks: dict[str, str] = field(default_factory=dict)
    table: str = "motion"

    def add(self, channel: str, value: Any, remark: str) -> None:
        """Add an entry and its comment."""
        self.entries[channel], self.remarks[channel] = value, remark


@dataclass
class Layers:
    """The `[[motion]]` tables in file order, and the channels that they drive.

    `cadence` is that of `[model]` in frames; `lost` lists what was not imported.
    """

    tables: list[Layer]
    channels: list[str]
    cadence: int
    lost: list[str]


def layers(settings: Settings, motion: Motion, end: int, more: list[Layer]) -> Layers:
    """Convert every schedule to layers that compose to the same curves.

    Parameters
    ----------
    settings : Settings
    motion : Motion
        The schedules that drive channels.
    end : int
        Number of the film's last frame, and of the last possible keyframe.
    more : list of Layer
        Tables that follow.

    Returns
    -------
    Layers
    """
    numbers = Layer("Deforum schedules of numbers.", {"use": "keyframes"})
    maths = Layer("Deforum schedules with formulas.", {"use": "expression"})
    lost: list[str] = []
    rows = {row.channel: (row, schedule) for row, schedule in motion.rows}
    moving = {channel for channel, (_, sched) in rows.items() if not _is_neutral(channel, sched)}
    for channel, (row, schedule) in rows.items():
        if channel not in moving or not _NEEDS.get(channel, moving) & moving:
            continue
        remark = settings.source(row.key) + (f": {row.remark}" if row.remark else "")
        if schedule.numbers:
            numbers.add(channel, keyframes(schedule, end), remark)
            continue
        try:
            converted = formula(schedule, end)
        except ProjectError as error:
            lost.append(f"{row.key}: {error}")
            continue
        if isinstance(converted, str):
            maths.add(channel, converted, remark)
        else:
            numbers.add(channel, converted, f"{remark}; too long for one formula")
    tables = [table for table in (numbers, maths) if len(table.entries) > 1]
    tables += [*_from_scratch(settings), *more]
    driven = [channel for channel in CHANNELS if any(channel in table.entries for table in tables)]
    return Layers(tables, driven, _cadence(settings, lost), lost)


def _is_neutral(channel: str, schedule: Schedule) -> bool:
    neutral = CHANNELS[channel].neutral
    return schedule.numbers and all(schedule.number(key) == neutral for key in schedule.keys)


def _cadence(settings: Settings, lost: list[str]) -> int:
    try:
        every = settings.integer("diffusion_cadence")
    except ProjectError as error:
        lost.append(str(error))
        return 1
    if settings.mode not in ("2D", "3D"):
        return 1
    if every > MAX_CADENCE:
        lost.append(f"diffusion_cadence = {every}: {MAX_CADENCE} at most")
    return max(1, min(every, MAX_CADENCE))


def _from_scratch(settings: Settings) -> list[Layer]:
    mode = settings.mode
    if mode in ("2D", "3D", VIDEO):
        return []
    about = f"animation_mode = {mode}: every frame is painted from scratch."
    return [Layer(about, {"use": "keyframes", "strength": {"0": 1.0}})]


def keyframes(schedule: Schedule, end: int) -> dict[str, float]:
    """Convert a schedule of numbers to a table of frames and values.

    Parameters
    ----------
    schedule : Schedule
        Without formulas.
    end : int
        Number of the film's last frame. A later key is replaced by the interpolated value there.

    Returns
    -------
    dict of str to float
    """
    keys = [(key.frame, schedule.number(key)) for key in schedule.keys]
    table = {frame: value for frame, value in keys if frame <= end}
    following = next((key for key in keys if key[0] > end), None)
    if following and table:
        frame, value = max(table.items())
        share = (end - frame) / (following[0] - frame)
        table[end] = value + share * (following[1] - value)
    return {str(frame): value for frame, value in (table or {0: keys[0][1]}).items()}


def formula(schedule: Schedule, end: int) -> str | dict[str, float]:
    """Convert a schedule with formulas to one formula, and check its values in every frame.

    Parameters
    ----------
    schedule : Schedule
    end : int
        Number of the film's last frame.

    Returns
    -------
    str or dict of str to float
        A formula; or keyframes, one for each change of the value, if the formula would be too long
        for the language.

    Raises
    ------
    ProjectError
        If the language cannot express it, or a value is not finite.
    """
    keys = [key for key in schedule.keys if key.frame <= end]
    following = [*schedule.keys[1:], None][: len(keys)]
    pieces = [_piece(schedule, *pair) for pair in zip(keys, following, strict=True)]
    frames = [key.frame for key in keys]
    n_tried = min(end + 1, _MOST_FRAMES)
    try:
        values = [
            _evaluated(piece, begin, min(stop, n_tried))
            for piece, begin, stop in zip(pieces, frames, [*frames[1:], n_tried], strict=True)
            if begin < min(stop, n_tried)
        ]
        text = _piecewise(frames, [piece.text for piece in pieces])
    except FormulaError as error:
        raise ProjectError(str(error), error.fix) from None
    try:
        parse(text)
    except FormulaError as error:
        if end >= n_tried or len(keys) == 1:
            raise ProjectError(str(error), error.fix) from None
        return _each_frame(np.concatenate(values))
    return text


def _evaluated(piece: Translated, begin: int, stop: int) -> NDArray[np.float64]:
    """A formula's values from frame `begin` to `stop`; raises an error if they are not exact."""
    names = {"frame": np.arange(float(begin), float(stop)), "pi": np.pi, "e": np.e}
    for product, limit in piece.integers:
        if np.any(np.abs(evaluate(parse(product).tree, names)) > limit):
            raise ProjectError(f"the integer {product} exceeds {limit}")
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
    """Combine formulas into one by repeated halving, so that brackets do not nest deeply."""
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
    elapsed = f"(frame - {key.frame})" if key.frame else "frame"
    text = f"lerp({begin.text}, {end.text}, {elapsed} / {following.frame - key.frame})"
    return Translated(text, end.integers)
