"""The project file as text, with a comment wherever something came from."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import tomlkit
from tomlkit.items import Comment, KeyType, SingleKey
from tomlkit.items import Table as TomlTable

from phosphene.deforum.layers import Layers, Table
from phosphene.deforum.prompts import Prompts
from phosphene.deforum.settings import Settings
from phosphene.deforum.song import SongChoice


@dataclass(frozen=True)
class Found:
    """All that was found in a settings file, as the project is to have it.

    Parameters
    ----------
    settings : Settings
    song : SongChoice
    prompts : Prompts
    layers : Layers
    fps : Fraction
    width, height : int
        px; even.
    seed, steps : int
    guidance_scale : float or None
    lost, assumed : tuple of str
        What is not carried, and what is not in the file.
    """

    settings: Settings
    song: SongChoice
    prompts: Prompts
    layers: Layers
    fps: Fraction
    width: int
    height: int
    seed: int
    steps: int
    guidance_scale: float | None
    lost: tuple[str, ...]
    assumed: tuple[str, ...]


def document(found: Found) -> str:
    """The project file.

    Parameters
    ----------
    found : Found

    Returns
    -------
    str
        TOML.
    """
    made = tomlkit.document()
    name = found.settings.path.name
    made.add(_comment(f"Imported from {name}, Deforum's settings file."))
    for about, lines in (
        ("What could not be carried as it was:", found.lost),
        ("What is not in the file, and assumed:", found.assumed),
    ):
        if lines:
            made.add(_comment(about))
        for line in lines:
            made.add(_comment(f"  - {line}"))
    made.add(tomlkit.nl())
    made["song"] = _table({"file": (found.song.file, "")})
    made["video"] = _video(found)
    made["model"] = _model(found)
    made["prompts"] = _prompts(found)
    motion = tomlkit.aot()
    for layer in found.layers.tables:
        motion.append(_layer(layer))
    if found.layers.tables:
        made["motion"] = motion
    text = tomlkit.dumps(made).rstrip() + "\n"
    return text.encode("utf-8", "replace").decode("utf-8")


def _video(found: Found) -> TomlTable:
    settings, fps = found.settings, found.fps
    frames, duration = settings.whole("max_frames"), found.song.duration
    video: dict[str, tuple[Any, str]] = {
        "width": (found.width, settings.source("W")),
        "height": (found.height, settings.source("H")),
        "fps": (int(fps) if fps.denominator == 1 else str(fps), settings.source("fps")),
    }
    if settings.mode != "None" and (duration is None or frames / fps < duration):
        video["end"] = (str(frames), settings.source("max_frames"))
    return _table(video)


def _model(found: Found) -> TomlTable:
    source = found.settings.source
    seed = f"{source('seed')}, and seed_behavior = iter: frame i is painted from seed + i"
    model: dict[str, tuple[Any, str]] = {
        "name": ("worlds", "bundled; or sd15, sdxl ..., a hub id, or a folder"),
        "seed": (found.seed, seed),
        "steps": (found.steps, source("steps")),
    }
    if found.guidance_scale is not None:
        model["guidance_scale"] = (found.guidance_scale, source("cfg_scale_schedule"))
    return _table(model)


def _prompts(found: Found) -> TomlTable:
    morphs = found.settings.mode == "Interpolation"
    table = _table(
        {
            "negative": (found.prompts.negative, "the parts after --neg, and negative_prompts"),
            "blend": (
                "100%" if morphs else "0s",
                "from one prompt to the next" if morphs else "a prompt holds until the next",
            ),
        }
    )
    table["at"] = at = tomlkit.table()
    for frame, text in found.prompts.at.items():
        at.append(_quoted(frame), text)
    at.add(tomlkit.nl())
    return table


def _layer(layer: Table) -> TomlTable:
    table = tomlkit.table()
    for line in layer.about.split(". "):
        table.add(_comment(line if line.endswith(".") else f"{line}."))
    for name, value in layer.entries.items():
        table[name] = _inline(value)
        if name in layer.remarks:
            table[name].comment(_one_line(layer.remarks[name]))
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
            table[name].comment(_one_line(comment))
    table.add(tomlkit.nl())
    return table


def _comment(text: str) -> Comment:
    return tomlkit.comment(_one_line(text))


def _one_line(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)
