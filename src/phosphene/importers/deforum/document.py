"""The project file as text, with a comment wherever something came from."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import tomlkit

from phosphene.importers.deforum.layers import Layers, Table
from phosphene.importers.deforum.prompts import Prompts
from phosphene.importers.deforum.settings import Settings
from phosphene.importers.deforum.song import SongChoice

_Entries = dict[str, tuple[Any, str]]
"""Keys with their values, and what each came from."""


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
    lines = [_comment(f"Imported from {found.settings.path.name}, Deforum's settings file.")]
    for about, listed in (
        ("What could not be carried as it was:", found.lost),
        ("What is not in the file, and assumed:", found.assumed),
    ):
        if listed:
            lines += [_comment(about), *(_comment(f"  - {line}") for line in listed)]
    lines += _table("song", {"file": (found.song.file, "")})
    lines += _table("video", _video(found))
    lines += _table("model", _model(found))
    lines += _table("prompts", _prompts(found))
    prompts = {_value(frame): (text, "") for frame, text in found.prompts.at.items()}
    lines += _table("prompts.at", prompts)
    for layer in found.layers.tables:
        lines += _layer(layer)
    return "\n".join([*lines, ""]).encode("utf-8", "replace").decode("utf-8")


def _video(found: Found) -> _Entries:
    settings, fps = found.settings, found.fps
    frames, duration = settings.whole("max_frames"), found.song.duration
    video: _Entries = {
        "width": (found.width, settings.source("W")),
        "height": (found.height, settings.source("H")),
        "fps": (int(fps) if fps.denominator == 1 else str(fps), settings.source("fps")),
    }
    if settings.mode != "None" and (duration is None or frames / fps < duration):
        video["end"] = (str(frames), settings.source("max_frames"))
    return video


def _model(found: Found) -> _Entries:
    source = found.settings.source
    seed = f"{source('seed')}, and seed_behavior = iter: frame i is painted from seed + i"
    model: _Entries = {
        "name": ("worlds", "bundled; or sd15, sdxl ..., a hub id, or a folder"),
        "seed": (found.seed, seed),
        "steps": (found.steps, source("steps")),
    }
    if found.guidance_scale is not None:
        model["guidance_scale"] = (found.guidance_scale, source("cfg_scale_schedule"))
    return model


def _prompts(found: Found) -> _Entries:
    morphs = found.settings.mode == "Interpolation"
    return {
        "negative": (found.prompts.negative, "the parts after --neg, and negative_prompts"),
        "blend": (
            "100%" if morphs else "0s",
            "from one prompt to the next" if morphs else "a prompt holds until the next",
        ),
    }


def _layer(layer: Table) -> list[str]:
    about = [f"{line.rstrip('.')}." for line in layer.about.split(". ")]
    entries = {name: (value, layer.remarks.get(name, "")) for name, value in layer.entries.items()}
    return ["", "[[motion]]", *map(_comment, about), *_entries(entries)]


def _table(name: str, entries: _Entries) -> list[str]:
    return ["", f"[{name}]", *_entries(entries)]


def _entries(entries: _Entries) -> list[str]:
    return [
        f"{name} = {_value(value)}" + (f" {_comment(comment)}" if comment else "")
        for name, (value, comment) in entries.items()
    ]


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_value(key)} = {_value(held)}' for key, held in value.items())}}}"
    return tomlkit.item(value).as_string()


def _comment(text: str) -> str:
    """One line, whatever is in the text."""
    return "# " + "".join(letter if letter.isprintable() else " " for letter in text)
