"""A settings file becomes a project; what it cannot say is listed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from phosphene.errors import ProjectError
from phosphene.importers.deforum.document import Found, document
from phosphene.importers.deforum.layers import layers
from phosphene.importers.deforum.losses import losses
from phosphene.importers.deforum.motion import read_motion, schedules_of
from phosphene.importers.deforum.prompts import read_prompts
from phosphene.importers.deforum.settings import DEFAULTS, MODES, RESTING, Settings, shown
from phosphene.importers.deforum.song import SongChoice, choose_song
from phosphene.score.timeline import exact_fps

_SEED = 42
_READ = ("W", "H", "fps", "max_frames", "animation_mode", "seed", "steps", "prompts")


@dataclass(frozen=True)
class Imported:
    """An imported project.

    Parameters
    ----------
    text : str
        The project file.
    channels : tuple of str
        The channels that it moves.
    prompts : int
        How many it has.
    lost : tuple of str
        What could not be carried, a line each.
    assumed : tuple of str
        What is not in the file, and which default was assumed.
    """

    text: str
    channels: tuple[str, ...]
    prompts: int
    lost: tuple[str, ...]
    assumed: tuple[str, ...] = ()


def imported(settings: Settings, song: Path | None, folder: Path) -> Imported:
    """Turn a settings file into a project.

    Parameters
    ----------
    settings : Settings
    song : Path or None
        Else the soundtrack that the settings name, or a placeholder.
    folder : Path
        Where the project file is to lie.

    Returns
    -------
    Imported

    Raises
    ------
    ProjectError
        If the size, the frame rate, the number of frames or every prompt cannot be read.
    SongError
        If the song is not an audio file.
    """
    frames = settings.whole("max_frames")
    if frames < 1:
        raise ProjectError(f"{settings.path}: max_frames: got {frames}: expected 1 or more")
    lost: list[str] = []
    fps = _fps(settings)
    width, height = _pixels(settings, "W", lost), _pixels(settings, "H", lost)
    seed, steps = _seed(settings, lost), _steps(settings, lost)
    heard = choose_song(settings, song, folder)
    end = heard.last_frame(fps, frames - 1)
    prompts = read_prompts(settings, end, seed)
    motion = read_motion(settings, seed)
    found = layers(settings, motion, end)
    lost = [*heard.lost, *_remarks(settings, heard, fps), *lost, *motion.lost, *found.lost]
    lost += [*prompts.lost, *losses(settings)]
    assumed = _assumed(settings)
    text = document(
        Found(
            settings, heard, prompts, found, fps, width, height, seed, steps,
            motion.guidance_scale, tuple(lost), assumed,
        )
    )  # fmt: skip
    return Imported(text, tuple(found.channels), len(prompts.at), tuple(lost), assumed)


def _assumed(settings: Settings) -> tuple[str, ...]:
    stills = settings.mode == "None"
    asked = [key for key in _READ if not (stills and key == "max_frames")]
    moved = [key for key in schedules_of(settings.mode) if settings.given(key) is None]
    resting = [key for key in moved if key in RESTING]
    defaults = DEFAULTS | {"animation_mode": settings.mode}
    missing = [key for key in asked if settings.given(key) is None]
    lines = [f"{key} = {defaults[key]}" for key in (*missing, *moved) if key not in RESTING]
    return (*lines, *([f"at rest: {', '.join(resting)}"] if resting else []))


def _fps(settings: Settings) -> Fraction:
    text = settings.text("fps")
    try:
        if not re.fullmatch(r"[\d./]{1,40}", text, re.ASCII):
            raise ValueError("expected a number such as 15, 23.976 or 30000/1001")
        return exact_fps(text)
    except ValueError as error:
        raise ProjectError(
            f"{settings.path}: fps: got {shown(settings.value('fps'))}: {error}"
        ) from None


def _pixels(settings: Settings, key: str, lost: list[str]) -> int:
    given = settings.whole(key)
    even = min(max(given - given % 2, 16), 8192)
    if even != given:
        lost.append(f"{key} = {shown(given)}: sizes are even, from 16 to 8192; here it is {even}")
    return even


def _seed(settings: Settings, lost: list[str]) -> int:
    try:
        given = settings.whole("seed")
    except ProjectError as error:
        lost.append(f"{error}; here it is {_SEED}")
        return _SEED
    if 0 <= given < 2**62:
        return given
    why = "a random one there" if given == -1 else "not a seed from 0 to 2**62 - 1"
    lost.append(f"seed = {shown(given)}: {why}; here it is {_SEED}")
    return _SEED


def _steps(settings: Settings, lost: list[str]) -> int:
    try:
        given = settings.whole("steps")
    except ProjectError as error:
        lost.append(f"{error}; here it is {DEFAULTS['steps']}")
        return int(DEFAULTS["steps"])
    steps = min(max(given, 1), 1000)
    if steps != given:
        lost.append(f"steps = {shown(given)}: from 1 to 1000; here it is {steps}")
    return steps


def _remarks(settings: Settings, heard: SongChoice, fps: Fraction) -> list[str]:
    told = []
    mode = settings.mode
    if mode not in MODES:
        told.append(f"animation_mode = {shown(mode)}: only the prompts and the size are carried")
    if mode == "None":
        told.append(
            "animation_mode = 'None': stills; their prompts follow one another over the song, and "
            "every frame is painted from nothing"
        )
    if mode == "3D":
        told.append(
            "animation_mode = '3D': there are no depths here; the picture is taken as a flat one "
            "that fills the field of view"
        )
    frames = settings.whole("max_frames")
    if mode != "None" and heard.duration is not None and frames / fps > heard.duration:
        told.append(
            f"max_frames = {shown(frames)}: the song ends before, at {heard.duration:.2f} s"
        )
    return told
