"""Maps schedules to channels and their units, for each animation mode, and the depth of 3D."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np

from phosphene.errors import ProjectError
from phosphene.importers.deforum.schedules.schedule import Schedule, read_schedule
from phosphene.importers.deforum.settings import DEFAULTS, VIDEO, Settings, shown
from phosphene.score.channels import CHANNELS

DRAWN = "bowl"
ESTIMATED = "depth-anything/Depth-Anything-V2-Small-hf"
PARALLAX = frozenset({"dolly", "translation_x", "translation_y"})
# Deforum's distances are (50 - d) / 19 for an output d of MiDaS, which is from 0 to about 40.
_NEAR, _FAR = 10.0 / 19.0, 50.0 / 19.0
_CLOCKWISE = "positive is clockwise in Phosphene, anticlockwise in Deforum"
# Deforum's noise has mean 0.5 and deviation 0.5, is clipped to 0..1, and mixed in by the schedule.
# This is the remaining standard deviation; Perlin noise reduces it further.
_NOISE = {"uniform": 0.36, "perlin": 0.24}


@dataclass(frozen=True)
class ChannelMap:
    """How a Deforum schedule maps to a channel.

    Parameters
    ----------
    key : str
        Name of the schedule.
    channel : str
    gain, offset : float
        The channel's value is ``gain * value + offset``.
    remark : str
        The difference, as a comment in the project file.
    """

    key: str
    channel: str
    gain: float = 1.0
    offset: float = 0.0
    remark: str = ""


_FLAT = (
    ChannelMap("translation_x", "translation_x"),
    ChannelMap("translation_y", "translation_y"),
    ChannelMap(
        "angle",
        "rotation",
        -1.0,
        remark=_CLOCKWISE,
    ),
    ChannelMap("zoom", "zoom"),
)
_STRENGTH = ChannelMap("strength_schedule", "strength", -1.0, 1.0, "1 - strength")


@dataclass(frozen=True)
class Motion:
    """The schedules that drive channels.

    Parameters
    ----------
    rows : tuple of (ChannelMap, Schedule)
        Every schedule of the file's animation mode, in its channel's unit.
    guidance_scale : float or None
        Base of the channel `guidance`; None if Deforum's is not above 0.
    lost : tuple of str
        One line for each unreadable schedule.
    view : float or None
        Degrees: the field of view in the first frame, in 3D.
    """

    rows: tuple[tuple[ChannelMap, Schedule], ...]
    guidance_scale: float | None
    lost: tuple[str, ...]
    view: float | None = None


def read_motion(settings: Settings, seed: int, guided: str = "") -> Motion:
    """Read every schedule that drives a channel; unreadable ones are omitted.

    Parameters
    ----------
    settings : Settings
    seed : int
        Value of `s` in formulas.
    guided : str
        Name of the schedule that drives the channel `guide`, if any.
    """
    lost: list[str] = []
    table: list[ChannelMap] = []
    view = _first(settings, "fov_schedule", seed, lost) if settings.mode == "3D" else None
    if settings.mode in ("2D", "3D"):
        noise = _NOISE.get(settings.text("noise_type"), _NOISE["uniform"])
        table = [
            *(_FLAT if view is None else _maps_3d(settings, view)),
            _STRENGTH,
            ChannelMap("noise_schedule", "noise", noise, remark="about the same amount of grain"),
            ChannelMap("amount_schedule", "sharpen"),
        ]
    elif settings.mode == VIDEO:
        table = [_STRENGTH]
    if guided:
        table.append(ChannelMap(guided, "guide"))
    guidance = _first(settings, "cfg_scale_schedule", seed, lost)
    if guidance > 0:
        table.append(
            ChannelMap(
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
    lines = tuple(dict.fromkeys(lost))
    return Motion(tuple(rows), guidance if guidance > 0 else None, lines, view)


def schedules_of(mode: str) -> tuple[str, ...]:
    """Names of the schedules that are read in an animation mode."""
    both = ("strength_schedule", "noise_schedule", "amount_schedule")
    moved = {
        VIDEO: ("strength_schedule",),
        "2D": (*(row.key for row in _FLAT), *both),
        "3D": (
            "translation_x", "translation_y", "translation_z", "rotation_3d_x", "rotation_3d_y",
            "rotation_3d_z", "fov_schedule", *both,
        ),
    }  # fmt: skip
    return (*moved.get(mode, ()), "cfg_scale_schedule")


def _maps_3d(settings: Settings, view: float) -> tuple[ChannelMap, ...]:
    """Maps for 3D: at a distance of 1, the picture is a plane that fills the field of view."""
    limits = CHANNELS["field_of_view"]
    half = math.tan(math.radians(float(np.clip(view, limits.low, limits.high)) / 2.0))
    width, height = settings.integer("W"), settings.integer("H")
    return (
        ChannelMap(
            "translation_x", "translation_x", -width / 400.0,
            remark="px; the camera moves right, the picture left",
        ),
        ChannelMap("translation_y", "translation_y", height / 400.0, remark="px"),
        ChannelMap("translation_z", "dolly", half / 200.0, remark="as a share of the distance"),
        ChannelMap("rotation_3d_x", "tilt", remark="up, as in Deforum"),
        ChannelMap("rotation_3d_y", "pan", remark="right, as in Deforum"),
        ChannelMap(
            "rotation_3d_z", "rotation", -1.0,
            remark=_CLOCKWISE,
        ),
        ChannelMap("fov_schedule", "field_of_view"),
    )  # fmt: skip


def _read(settings: Settings, row: ChannelMap, seed: int, lost: list[str]) -> Schedule | None:
    value, last = settings.value(row.key), settings.integer("max_frames") - 1
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
        why = "text after a second colon is ignored, as in Deforum"
        lost.append(f"{row.key}: {shown(value)}: {why}")
    return schedule


def _first(settings: Settings, key: str, seed: int, lost: list[str]) -> float:
    """Value of a schedule in its first frame, or of Deforum's default if it cannot be read."""
    schedule = _read(settings, ChannelMap(key, ""), seed, lost)
    try:
        if schedule is not None:
            return schedule.first
    except ProjectError as error:
        lost.append(f"{key}: {error}")
    return read_schedule(DEFAULTS[key], 0, seed).first


def read_depth(
    settings: Settings, motion: Motion, channels: Collection[str]
) -> dict[str, tuple[Any, str]]:
    """The entries of `[depth]`, each with a comment; empty if depth would have no effect.

    Parameters
    ----------
    settings : Settings
    motion : Motion
        Its field of view determines the distance of the picture plane.
    channels : collection of str
        The channels that the project drives.
    """
    if not has_depth(settings) or motion.view is None or not PARALLAX & set(channels):
        return {}
    limits = CHANNELS["field_of_view"]
    view = float(np.clip(motion.view, limits.low, limits.high))
    half = math.tan(math.radians(view / 2.0))
    return {
        "source": (DRAWN, f"drawn; {ESTIMATED} estimates it from each picture, as in Deforum"),
        "near": (round(_NEAR * half, 3), "of MiDaS, times the picture plane's distance"),
        "far": (round(_FAR * half, 3), "of MiDaS"),
    }


def has_depth(settings: Settings) -> bool:
    """Whether Deforum warps pictures by their depth."""
    warps = settings.entries.get("use_depth_warping", True)
    return settings.mode == "3D" and str(warps).strip().lower() not in ("false", "0", "none", "")
