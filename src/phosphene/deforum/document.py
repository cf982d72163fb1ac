"""The project file as text, with a comment wherever something came from."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import tomlkit
from tomlkit.items import KeyType, SingleKey
from tomlkit.items import Table as TomlTable

from phosphene.deforum.layers import Layers, Table
from phosphene.deforum.motion import read
from phosphene.deforum.prompts import Prompts
from phosphene.deforum.settings import Settings
from phosphene.deforum.song import SongChoice


@dataclass(frozen=True)
class Found:
    """All that was found in a settings file, as the project is to have it."""

    settings: Settings
    song: SongChoice
    prompts: Prompts
    layers: Layers
    seed: int
    fps: Fraction
    lost: tuple[str, ...]


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
    made.add(tomlkit.comment(f"Imported from {name}, Deforum's settings file."))
    if found.lost:
        made.add(tomlkit.comment("What could not be carried as it was:"))
    for line in found.lost:
        made.add(tomlkit.comment("  - " + line.replace("\n", " ")))
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
    return tomlkit.dumps(made).rstrip() + "\n"


def _video(found: Found) -> TomlTable:
    settings, fps = found.settings, found.fps
    frames, duration = settings.whole("max_frames"), found.song.duration
    video: dict[str, tuple[Any, str]] = {
        "width": (_even(settings.whole("W")), "W"),
        "height": (_even(settings.whole("H")), "H"),
        "fps": (int(fps) if fps.denominator == 1 else str(fps), "fps"),
    }
    if duration is None or frames / fps < duration:
        video["end"] = (str(frames), "max_frames")
    return _table(video)


def _model(found: Found) -> TomlTable:
    guidance = read(found.settings, "cfg_scale_schedule", found.seed).first
    model: dict[str, tuple[Any, str]] = {
        "name": ("worlds", "bundled; or sd15, sdxl ..., a hub id, or a folder"),
        "seed": (found.seed, "seed, and seed_behavior = iter: frame i is painted from seed + i"),
        "steps": (found.settings.whole("steps"), "steps"),
    }
    if guidance > 0:
        model["guidance_scale"] = (guidance, "cfg_scale_schedule")
    return _table(model)


def _prompts(found: Found) -> TomlTable:
    morphs = found.settings.text("animation_mode") == "Interpolation"
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
