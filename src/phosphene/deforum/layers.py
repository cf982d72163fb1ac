"""The layers of an imported project: keyframes, formulas, and the cadence over them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from phosphene.deforum.curves import formulas, keyframes
from phosphene.deforum.motion import Carried, carried
from phosphene.deforum.schedule import Schedule
from phosphene.deforum.settings import Settings
from phosphene.score.channels import CHANNELS
from phosphene.score.formulas import FormulaError

# Perspective shows in tilt and pan alone.
_NEEDS = {"field_of_view": {"tilt", "pan"}}


@dataclass
class Table:
    """One `[[motion]]` to be written: its entries, what each came from, and what it is for."""

    about: str
    entries: dict[str, Any]
    remarks: dict[str, str] = field(default_factory=dict)


@dataclass
class Layers:
    """The tables in file order, the channels that they move, and what was lost."""

    tables: list[Table]
    channels: list[str]
    lost: list[str]


def layers(settings: Settings, seed: int, end: int) -> Layers:
    """Every schedule as layers that compose to the same curves.

    Parameters
    ----------
    settings : Settings
    seed : int
    end : int
        The last frame that a keyframe may stand at.

    Returns
    -------
    Layers

    Raises
    ------
    ProjectError
        If a schedule can not be read.
    """
    numbers = Table("Deforum's schedules that are numbers.", {"use": "keyframes"})
    maths = [Table("Deforum's schedules with maths.", {"use": "expression"})]
    lost: list[str] = []
    rows = {row.channel: (row, schedule) for row, schedule in carried(settings, seed)}
    moving = {channel for channel, (_, schedule) in rows.items() if not _rests(channel, schedule)}
    for channel, (row, schedule) in rows.items():
        if channel not in moving or not _NEEDS.get(channel, moving) & moving:
            continue
        if schedule.numbers:
            numbers.entries[channel] = keyframes(schedule, end)
            numbers.remarks[channel] = _remark(row)
            continue
        try:
            parts = formulas(schedule, CHANNELS[channel].neutral)
        except FormulaError as error:
            lost.append(f"{row.key}: {error}")
            continue
        for number, part in enumerate(parts):
            if number == len(maths):
                maths.append(
                    Table(
                        "... which go on: the formula is too long for one.", {"use": "expression"}
                    )
                )
            maths[number].entries[channel] = part
            maths[number].remarks[channel] = _remark(row)
    tables = [table for table in (numbers, *maths) if len(table.entries) > 1]
    tables += _cadence(settings) + _from_nothing(settings)
    found = [channel for channel in CHANNELS if any(channel in table.entries for table in tables)]
    return Layers(tables, found, lost)


def _rests(channel: str, schedule: Schedule) -> bool:
    neutral = CHANNELS[channel].neutral
    return schedule.numbers and all(schedule.number(key) == neutral for key in schedule.keys)


def _remark(row: Carried) -> str:
    return f"{row.key}: {row.remark}" if row.remark else row.key


def _cadence(settings: Settings) -> list[Table]:
    every = settings.whole("diffusion_cadence")
    if every < 2 or settings.text("animation_mode") not in ("2D", "3D"):
        return []
    about = (
        f"diffusion_cadence = {every}: the frames between are moved, and not painted. "
        "Delete this layer to paint every frame."
    )
    formula = f"where(frame % {every} == 0, 1, 0)"
    return [Table(about, {"use": "expression", "strength": formula, "mix": "multiply"})]


def _from_nothing(settings: Settings) -> list[Table]:
    mode = settings.text("animation_mode")
    if mode in ("2D", "3D"):
        return []
    about = f"animation_mode = {mode}: every frame is made from nothing."
    return [Table(about, {"use": "keyframes", "strength": {"0": 1.0}})]
