"""A settings file becomes a project; what it can not say is listed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from phosphene.deforum.document import Found, document
from phosphene.deforum.layers import layers
from phosphene.deforum.losses import losses
from phosphene.deforum.prompts import read_prompts
from phosphene.deforum.settings import Settings
from phosphene.deforum.song import SongChoice, choose_song
from phosphene.errors import ProjectError
from phosphene.score.timeline import exact_fps

_SEED = 42
_MODES = ("2D", "3D", "None", "Interpolation")


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
    """

    text: str
    channels: tuple[str, ...]
    prompts: int
    lost: tuple[str, ...]


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
        If an entry can not be read.
    SongError
        If the song is no audio file.
    """
    frames = settings.whole("max_frames")
    if frames < 1:
        raise ProjectError(f"{settings.path}: max_frames: got {frames}: expected 1 or more")
    fps = _fps(settings)
    given = settings.whole("seed")
    seed = given if given >= 0 else _SEED
    heard = choose_song(settings, song, folder)
    end = heard.last_frame(fps, frames - 1)
    prompts = read_prompts(settings, end, seed)
    found = layers(settings, seed, end)
    lost = [*heard.lost, *_remarks(settings, given, heard, fps), *found.lost, *prompts.lost]
    lost += losses(settings)
    text = document(Found(settings, heard, prompts, found, seed, fps, tuple(lost)))
    return Imported(text, tuple(found.channels), len(prompts.at), tuple(lost))


def _fps(settings: Settings) -> Fraction:
    try:
        return exact_fps(settings.text("fps"))
    except ValueError as error:
        raise ProjectError(f"{settings.path}: fps: got {settings.text('fps')}: {error}") from None


def _remarks(settings: Settings, seed: int, heard: SongChoice, fps: Fraction) -> list[str]:
    told = []
    mode = settings.text("animation_mode")
    if mode not in _MODES:
        told.append(f"animation_mode = {mode!r}: only the prompts and the size are carried")
    if mode == "3D":
        told.append(
            "animation_mode = '3D': there are no depths here; the picture is taken as a flat one "
            "that fills the field of view"
        )
    if seed < 0:
        told.append(f"seed = {seed}: a random one there; here it is {_SEED}")
    frames = settings.whole("max_frames")
    if heard.duration is not None and frames / fps > heard.duration:
        told.append(f"max_frames = {frames}: the song ends before, at {heard.duration:.2f} s")
    return told
