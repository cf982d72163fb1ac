"""Which schedule drives which channel, and in what unit: one table for each animation mode."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from phosphene.errors import ProjectError
from phosphene.importers.deforum.schedule import Schedule, read_schedule
from phosphene.importers.deforum.settings import DEFAULTS, Settings, shown
from phosphene.score.channels import CHANNELS

# White noise of 0.5 about 0.5, clipped to 0..1, then mixed in by the schedule: what is left of its
# standard deviation; Perlin noise thins it further.
_NOISE = {"uniform": 0.36, "perlin": 0.24}


@dataclass(frozen=True)
class Carried:
    """A schedule that drives a channel.

    Parameters
    ----------
    key : str
        Deforum's.
    channel : str
    gain, offset : float
        From Deforum's values to the channel's: gain * value + offset.
    remark : str
        How they differ, for the project file.
    """

    key: str
    channel: str
    gain: float = 1.0
    offset: float = 0.0
    remark: str = ""


_FLAT = (
    Carried("translation_x", "translation_x"),
    Carried("translation_y", "translation_y"),
    Carried("angle", "rotation", -1.0, remark="positive turns clockwise here, the other way there"),
    Carried("zoom", "zoom"),
)


@dataclass(frozen=True)
class Motion:
    """What drives the channels.

    Parameters
    ----------
    rows : tuple of (Carried, Schedule)
        Every schedule of the file's animation mode, in its channel's unit.
    guidance_scale : float or None
        What `guidance` is a multiple of; None where Deforum's is not above 0.
    lost : tuple of str
        The schedules that cannot be read, a line each.
    """

    rows: tuple[tuple[Carried, Schedule], ...]
    guidance_scale: float | None
    lost: tuple[str, ...]


def read_motion(settings: Settings, seed: int) -> Motion:
    """Read every schedule that drives a channel; one that cannot be read rests.

    Parameters
    ----------
    settings : Settings
    seed : int
        What `s` is in formulas.

    Returns
    -------
    Motion
    """
    lost: list[str] = []
    table: list[Carried] = []
    if settings.mode in ("2D", "3D"):
        view = _first(settings, "fov_schedule", seed, lost) if settings.mode == "3D" else 0.0
        noise = _NOISE.get(settings.text("noise_type"), _NOISE["uniform"])
        table = [
            *(_deep(settings, view) if settings.mode == "3D" else _FLAT),
            Carried("strength_schedule", "strength", -1.0, 1.0, "1 - strength"),
            Carried("noise_schedule", "noise", noise, remark="as much grain, about"),
            Carried("amount_schedule", "sharpen"),
        ]
    guidance = _first(settings, "cfg_scale_schedule", seed, lost)
    if guidance > 0:
        table.append(
            Carried(
                "cfg_scale_schedule", "guidance", 1.0 / guidance,
                remark="times model.guidance_scale",
            )
        )  # fmt: skip
    else:
        lost.append(f"cfg_scale_schedule: {guidance:g} is not above 0")
    rows = []
    for row in table:
        schedule = _read(settings, row, seed, lost)
        if schedule is not None:
            rows.append((row, schedule))
    return Motion(tuple(rows), guidance if guidance > 0 else None, tuple(dict.fromkeys(lost)))


def schedules_of(mode: str) -> tuple[str, ...]:
    """The keys of the schedules that are read in an animation mode."""
    both = ("strength_schedule", "noise_schedule", "amount_schedule")
    moved = {
        "2D": (*(row.key for row in _FLAT), *both),
        "3D": (
            "translation_x", "translation_y", "translation_z", "rotation_3d_x", "rotation_3d_y",
            "rotation_3d_z", "fov_schedule", *both,
        ),
    }  # fmt: skip
    return (*moved.get(mode, ()), "cfg_scale_schedule")


def _deep(settings: Settings, view: float) -> tuple[Carried, ...]:
    """3D, taken as a flat picture that fills the field of view: there are no depths here."""
    limits = CHANNELS["field_of_view"]
    half = math.tan(math.radians(float(np.clip(view, limits.low, limits.high)) / 2.0))
    width, height = settings.whole("W"), settings.whole("H")
    return (
        Carried(
            "translation_x", "translation_x", -width / 400.0,
            remark="px; the camera goes right, and the picture left",
        ),
        Carried("translation_y", "translation_y", height / 400.0, remark="px"),
        Carried("translation_z", "dolly", half / 200.0, remark="share of the distance"),
        Carried("rotation_3d_x", "tilt", remark="up, as there"),
        Carried("rotation_3d_y", "pan", remark="right, as there"),
        Carried(
            "rotation_3d_z", "rotation", -1.0,
            remark="positive turns clockwise here, the other way there",
        ),
        Carried("fov_schedule", "field_of_view"),
    )  # fmt: skip


def _read(settings: Settings, row: Carried, seed: int, lost: list[str]) -> Schedule | None:
    value, last = settings.value(row.key), settings.whole("max_frames") - 1
    try:
        schedule = read_schedule(value, last, seed).mapped(row.gain, row.offset)
        for key in schedule.keys:
            if isinstance(key.value, float):
                schedule.number(key)
    except ProjectError as error:
        name = (settings.given(row.key) or (row.key,))[0]
        lost.append(f"{name}: {error}")
        return None
    if isinstance(value, str) and any(entry.count(":") > 1 for entry in value.split(",")):
        lost.append(f"{row.key}: {shown(value)}: like Deforum, not read past a second colon")
    return schedule


def _first(settings: Settings, key: str, seed: int, lost: list[str]) -> float:
    """The value of a schedule in its first frame, or Deforum's default."""
    schedule = _read(settings, Carried(key, ""), seed, lost)
    try:
        if schedule is not None:
            return schedule.first
    except ProjectError as error:
        lost.append(f"{key}: {error}")
    return read_schedule(DEFAULTS[key], 0, seed).first
