"""Imports a settings file as a project, with a list of what was not imported."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from phosphene.errors import ProjectError
from phosphene.importers.deforum.document import ProjectParts, document
from phosphene.importers.deforum.losses import losses
from phosphene.importers.deforum.settings import DEFAULTS, MODES, NEUTRAL, Settings, shown
from phosphene.importers.deforum.tables.guided_images import add_pictures
from phosphene.importers.deforum.tables.guides import read_inputs
from phosphene.importers.deforum.tables.layers import layers
from phosphene.importers.deforum.tables.motion import (
    DRAWN,
    ESTIMATED,
    read_depth,
    read_motion,
    schedules_of,
)
from phosphene.importers.deforum.tables.prompts import read_prompts
from phosphene.importers.deforum.tables.song import SongChoice, choose_song
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
        The channels that it drives.
    prompts : int
        Number of prompts.
    lost : tuple of str
        One line for each entry that was not imported.
    assumed : tuple of str
        Defaults of missing entries.
    """

    text: str
    channels: tuple[str, ...]
    prompts: int
    lost: tuple[str, ...]
    assumed: tuple[str, ...] = ()


def import_settings(settings: Settings, song: Path | None, folder: Path) -> Imported:
    """Import a settings file as a project.

    Parameters
    ----------
    settings : Settings
    song : Path or None
        By default the soundtrack in the settings, or a placeholder.
    folder : Path
        Folder of the project file.

    Raises
    ------
    ProjectError
        If the size, the frame rate, the number of frames or all prompts cannot be read.
    SongError
        If the song is not an audio file.
    """
    frames = settings.integer("max_frames")
    if frames < 1:
        raise ProjectError(f"{settings.path}: max_frames: got {frames}: expected 1 or more")
    lost: list[str] = []
    fps = _fps(settings)
    width, height = _pixels(settings, "W", lost), _pixels(settings, "H", lost)
    seed, steps = _seed(settings, lost), _steps(settings, lost)
    choice = choose_song(settings, song, folder)
    end = choice.last_frame(fps, frames - 1)
    prompts = read_prompts(settings, end, seed)
    inputs = read_inputs(settings, seed, fps, height, folder)
    add_pictures(inputs, settings, seed, end, folder)
    motion = read_motion(settings, seed, inputs.driver)
    moved = layers(settings, motion, end, inputs.motion)
    depth = read_depth(settings, motion, moved.channels)
    lost = [*choice.lost, *_remarks(settings, choice, fps, bool(depth)), *lost, *motion.lost]
    lost += [*moved.lost, *inputs.lost, *prompts.lost, *losses(settings)]
    lost = list(dict.fromkeys(lost))
    assumed = _assumed(settings, inputs.schedules)
    text = document(
        ProjectParts(
            settings, choice, prompts, moved, fps, width, height, seed, steps,
            motion.guidance_scale, depth, inputs, tuple(lost), assumed,
        )
    )  # fmt: skip
    return Imported(text, tuple(moved.channels), len(prompts.at), tuple(lost), assumed)


def _assumed(settings: Settings, guided: Sequence[str]) -> tuple[str, ...]:
    stills = settings.mode == "None"
    read = [key for key in _READ if not (stills and key == "max_frames")]
    moved = [key for key in (*schedules_of(settings.mode), *guided) if settings.given(key) is None]
    neutral = [key for key in moved if key in NEUTRAL]
    defaults = DEFAULTS | {"animation_mode": settings.mode}
    missing = [key for key in read if settings.given(key) is None]
    lines = [f"{key} = {defaults[key]}" for key in (*missing, *moved) if key not in NEUTRAL]
    return (*lines, *([f"neutral: {', '.join(neutral)}"] if neutral else []))


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
    given = settings.integer(key)
    even = min(max(given - given % 2, 16), 8192)
    if even != given:
        lost.append(f"{key} = {shown(given)}: sizes are even numbers from 16 to 8192; using {even}")
    return even


def _seed(settings: Settings, lost: list[str]) -> int:
    try:
        given = settings.integer("seed")
    except ProjectError as error:
        lost.append(f"{error}; using {_SEED}")
        return _SEED
    if 0 <= given < 2**62:
        return given
    why = "random in Deforum" if given == -1 else "a seed is from 0 to 2**62 - 1"
    lost.append(f"seed = {shown(given)}: {why}; using {_SEED}")
    return _SEED


def _steps(settings: Settings, lost: list[str]) -> int:
    try:
        given = settings.integer("steps")
    except ProjectError as error:
        lost.append(f"{error}; using {DEFAULTS['steps']}")
        return int(DEFAULTS["steps"])
    steps = min(max(given, 1), 1000)
    if steps != given:
        lost.append(f"steps = {shown(given)}: expected 1 to 1000; using {steps}")
    return steps


def _remarks(settings: Settings, song: SongChoice, fps: Fraction, depth: bool) -> list[str]:
    remarks = []
    mode = settings.mode
    if mode not in MODES:
        why = "unknown; only the prompts and the size are imported"
        remarks.append(f"animation_mode = {shown(mode)}: {why}")
    if mode == "None":
        remarks.append(
            "animation_mode = 'None': the prompts of the stills are spread over the song, and "
            "every frame is painted from scratch"
        )
    if depth:
        remarks.append(
            f"animation_mode = '3D': the depth is drawn (depth.source = \"{DRAWN}\"); "
            f'"{ESTIMATED}" estimates it from each picture'
        )
    elif mode == "3D":
        remarks.append(
            "animation_mode = '3D': without depth, the picture is a plane that fills the field of "
            "view"
        )
    frames = settings.integer("max_frames")
    if mode != "None" and song.duration is not None and frames / fps > song.duration:
        remarks.append(
            f"max_frames = {shown(frames)}: the song ends earlier, at {song.duration:.2f} s"
        )
    return remarks
