"""The project file that a settings file becomes, with a comment wherever something came from."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.items import KeyType, SingleKey
from tomlkit.items import Table as TomlTable

from phosphene.deforum.layers import Layers, Table, layers
from phosphene.deforum.losses import losses
from phosphene.deforum.motion import read
from phosphene.deforum.prompts import Prompts, read_prompts
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
    document = _document(settings, heard, prompts, found, seed, fps, lost)
    return Imported(tomlkit.dumps(document), tuple(found.channels), len(prompts.at), tuple(lost))


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


def _document(
    settings: Settings, heard: SongChoice, prompts: Prompts, found: Layers, seed: int,
    fps: Fraction, lost: list[str],
) -> tomlkit.TOMLDocument:  # fmt: skip
    document = tomlkit.document()
    document.add(tomlkit.comment(f"Imported from {settings.path.name}, Deforum's settings file."))
    if lost:
        document.add(tomlkit.comment("What could not be carried as it was:"))
        for line in lost:
            document.add(tomlkit.comment("  - " + line.replace("\n", " ")))
    document.add(tomlkit.nl())
    document["song"] = _table({"file": (heard.file, "")})
    frames = settings.whole("max_frames")
    video = {
        "width": (_even(settings.whole("W")), "W"),
        "height": (_even(settings.whole("H")), "H"),
        "fps": (int(fps) if fps.denominator == 1 else str(fps), "fps"),
    }
    if heard.duration is None or frames / fps < heard.duration:
        video["end"] = (str(frames), "max_frames")
    document["video"] = _table(video)
    guidance = read(settings, "cfg_scale_schedule", seed).first
    model = {
        "name": ("worlds", "bundled; or sd15, sdxl ..., a hub id, or a folder"),
        "seed": (seed, "seed, and seed_behavior = iter: frame i is painted from seed + i"),
        "steps": (settings.whole("steps"), "steps"),
    }
    if guidance > 0:
        model["guidance_scale"] = (guidance, "cfg_scale_schedule")
    document["model"] = _table(model)
    document["prompts"] = _prompts(settings, prompts)
    motion = tomlkit.aot()
    for table in found.tables:
        motion.append(_layer(table))
    if found.tables:
        document["motion"] = motion
    return document


def _prompts(settings: Settings, prompts: Prompts) -> TomlTable:
    morphs = settings.text("animation_mode") == "Interpolation"
    table = _table(
        {
            "negative": (prompts.negative, "the parts after --neg, and negative_prompts"),
            "blend": (
                "100%" if morphs else "0s",
                "from one prompt to the next" if morphs else "a prompt holds until the next",
            ),
        }
    )
    table["at"] = at = tomlkit.table()
    for frame, text in prompts.at.items():
        at.append(_quoted(frame), text)
    at.add(tomlkit.nl())
    return table


def _layer(layer: Table) -> TomlTable:
    table = tomlkit.table()
    for line in layer.about.split(". "):
        table.add(tomlkit.comment(line if line.endswith(".") else f"{line}."))
    for name, value in layer.entries.items():
        table[name] = _inline(value)
        if name in layer.remarks:
            table[name].comment(layer.remarks[name])
    return table


def _inline(value: Any) -> Any:
    if not isinstance(value, dict):
        return tomlkit.item(value)
    inline = tomlkit.inline_table()
    for key, inner in value.items():
        inline.append(_quoted(key), inner)
    return inline


def _quoted(key: str) -> SingleKey:
    return SingleKey(key, t=KeyType.Basic)


def _table(entries: dict[str, tuple[Any, str]]) -> TomlTable:
    table = tomlkit.table()
    for name, (value, comment) in entries.items():
        table[name] = value
        if comment:
            table[name].comment(comment)
    table.add(tomlkit.nl())
    return table


def _even(pixels: int) -> int:
    return min(max(pixels - pixels % 2, 16), 8192)
