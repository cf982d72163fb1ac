"""Which schedule drives which channel, and in what unit: one table for each animation mode."""

from __future__ import annotations

import math
from dataclasses import dataclass

from phosphene.deforum.schedule import Schedule, read_schedule
from phosphene.deforum.settings import Settings
from phosphene.errors import PhospheneError, ProjectError

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


def _deep(settings: Settings, view: Schedule) -> tuple[Carried, ...]:
    """3D, taken as a flat picture that fills the field of view: there are no depths here."""
    half = math.tan(math.radians(view.first / 2.0))
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
    )  # fmt: skip


def read(settings: Settings, key: str, seed: int) -> Schedule:
    """The schedule of a key.

    Raises
    ------
    ProjectError
        If it can not be read; the file and the key are named.
    """
    try:
        return read_schedule(settings.text(key), settings.whole("max_frames") - 1, seed)
    except PhospheneError as error:
        raise ProjectError(f"{settings.path}: {key}: {error}", error.fix) from None


def carried(settings: Settings, seed: int) -> list[tuple[Carried, Schedule]]:
    """Every schedule that drives a channel in the file's animation mode, in the channel's unit.

    Parameters
    ----------
    settings : Settings
    seed : int
        What `s` is in formulas.

    Returns
    -------
    list of (Carried, Schedule)

    Raises
    ------
    ProjectError
        If a schedule can not be read.
    """
    mode = settings.text("animation_mode")
    table: list[Carried] = []
    if mode == "2D":
        table += _FLAT
    elif mode == "3D":
        view = read(settings, "fov_schedule", seed)
        table += _deep(settings, view)
        table.append(Carried("fov_schedule", "field_of_view"))
    if mode in ("2D", "3D"):
        noise = _NOISE.get(settings.text("noise_type"), _NOISE["uniform"])
        table += [
            Carried("strength_schedule", "strength", -1.0, 1.0, "1 - strength"),
            Carried("noise_schedule", "noise", noise, remark="as much grain, about"),
            Carried("amount_schedule", "sharpen"),
        ]
    guidance = read(settings, "cfg_scale_schedule", seed)
    if guidance.first > 0:
        table.append(
            Carried(
                "cfg_scale_schedule", "guidance", 1.0 / guidance.first,
                remark="times model.guidance_scale",
            )
        )  # fmt: skip
    return [(row, read(settings, row.key, seed).mapped(row.gain, row.offset)) for row in table]
