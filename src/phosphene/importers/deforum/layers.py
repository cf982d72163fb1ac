"""The layers of an imported project: keyframes, formulas, and the cadence over them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from phosphene.errors import ProjectError
from phosphene.importers.deforum.curves import formula, keyframes
from phosphene.importers.deforum.motion import Motion
from phosphene.importers.deforum.schedule import Schedule
from phosphene.importers.deforum.settings import Settings
from phosphene.score.channels import CHANNELS

# Perspective shows in tilt and pan alone.
_NEEDS = {"field_of_view": {"tilt", "pan"}}


@dataclass
class Table:
    """One `[[motion]]` to be written: its entries, what each came from, and what it is for."""

    about: str
    entries: dict[str, Any]
    remarks: dict[str, str] = field(default_factory=dict)

    def add(self, channel: str, value: Any, remark: str) -> None:
        """Write an entry, and what it came from."""
        self.entries[channel], self.remarks[channel] = value, remark


@dataclass
class Layers:
    """The tables in file order, the channels that they move, and what was lost."""

    tables: list[Table]
    channels: list[str]
    lost: list[str]


def layers(settings: Settings, motion: Motion, end: int) -> Layers:
    """Every schedule as layers that compose to the same curves.

    Parameters
    ----------
    settings : Settings
    motion : Motion
        What drives the channels.
    end : int
        The last frame of the film, and the last that a keyframe may stand at.

    Returns
    -------
    Layers
    """
    numbers = Table("Deforum's schedules that are numbers.", {"use": "keyframes"})
    maths = Table("Deforum's schedules with maths.", {"use": "expression"})
    lost: list[str] = []
    rows = {row.channel: (row, schedule) for row, schedule in motion.rows}
    moving = {channel for channel, (_, schedule) in rows.items() if not _rests(channel, schedule)}
    for channel, (row, schedule) in rows.items():
        if channel not in moving or not _NEEDS.get(channel, moving) & moving:
            continue
        remark = settings.source(row.key) + (f": {row.remark}" if row.remark else "")
        if schedule.numbers:
            numbers.add(channel, keyframes(schedule, end), remark)
            continue
        try:
            written = formula(schedule, end)
        except ProjectError as error:
            lost.append(f"{row.key}: {error}")
            continue
        if isinstance(written, str):
            maths.add(channel, written, remark)
        else:
            numbers.add(channel, written, f"{remark}; too long for one formula")
    tables = [table for table in (numbers, maths) if len(table.entries) > 1]
    tables += _cadence(settings, lost) + _from_nothing(settings)
    found = [channel for channel in CHANNELS if any(channel in table.entries for table in tables)]
    return Layers(tables, found, lost)


def _rests(channel: str, schedule: Schedule) -> bool:
    neutral = CHANNELS[channel].neutral
    return schedule.numbers and all(schedule.number(key) == neutral for key in schedule.keys)


def _cadence(settings: Settings, lost: list[str]) -> list[Table]:
    try:
        every = settings.whole("diffusion_cadence")
    except ProjectError as error:
        lost.append(str(error))
        return []
    every = min(every, settings.whole("max_frames"))
    if every < 2 or settings.mode not in ("2D", "3D"):
        return []
    about = (
        f"diffusion_cadence = {every}: the frames between are moved, and not painted. "
        "Delete this layer to paint every frame."
    )
    formula = f"where(frame % {every} == 0, 1, 0)"
    return [Table(about, {"use": "expression", "strength": formula, "mix": "multiply"})]


def _from_nothing(settings: Settings) -> list[Table]:
    mode = settings.mode
    if mode in ("2D", "3D"):
        return []
    about = f"animation_mode = {mode}: every frame is made from nothing."
    return [Table(about, {"use": "keyframes", "strength": {"0": 1.0}})]
