"""Writes the project file, with the origin of each entry as a comment."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import tomlkit

from phosphene.importers.deforum.settings import Settings
from phosphene.importers.deforum.tables.guides import Inputs
from phosphene.importers.deforum.tables.layers import Layer, Layers
from phosphene.importers.deforum.tables.prompts import Prompts
from phosphene.importers.deforum.tables.song import SongChoice

_Entries = dict[str, tuple[Any, str]]
"""Keys, each with its value and its comment."""


@dataclass(frozen=True)
class ProjectParts:
    """Everything that goes into the project file.

    Parameters
    ----------
    settings : Settings
    song : SongChoice
    prompts : Prompts
    layers : Layers
    fps : Fraction
    width, height : int
        In px; even.
    seed, steps : int
    guidance_scale : float or None
    depth : dict
        Entries of `[depth]`, each with a comment; empty without depth.
    inputs : Inputs
    lost, assumed : tuple of str
        Entries that were not imported, and defaults assumed for missing entries.
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
    depth: dict[str, tuple[Any, str]]
    inputs: Inputs
    lost: tuple[str, ...]
    assumed: tuple[str, ...]


def document(parts: ProjectParts) -> str:
    """The project file, as TOML."""
    lines = [_comment(f"Imported from {parts.settings.path.name}, a Deforum settings file.")]
    for about, listed in (
        ("Not imported, or not exactly:", parts.lost),
        ("Not in the file; defaults assumed:", parts.assumed),
    ):
        if listed:
            lines += [_comment(about), *(_comment(f"  - {line}") for line in listed)]
    lines += _table("song", {"file": (parts.song.file, "")})
    lines += _table("video", _video(parts))
    lines += _table("model", _model(parts))
    if parts.depth:
        lines += _table("depth", parts.depth)
    for given in parts.inputs.tables:
        lines += _layer(given)
    lines += _table("prompts", _prompts(parts))
    prompts: _Entries = {
        _value(frame): ({"prompt": text, "negative": own}, "") if own is not None else (text, "")
        for frame, text in parts.prompts.at.items()
        for own in [parts.prompts.negatives.get(frame)]
    }
    lines += _table("prompts.at", prompts)
    for layer in parts.layers.tables:
        lines += _layer(layer)
    return "\n".join([*lines, ""]).encode("utf-8", "replace").decode("utf-8")


def _video(parts: ProjectParts) -> _Entries:
    settings, fps = parts.settings, parts.fps
    frames, duration = settings.integer("max_frames"), parts.song.duration
    video: _Entries = {
        "width": (parts.width, settings.source("W")),
        "height": (parts.height, settings.source("H")),
        "fps": (int(fps) if fps.denominator == 1 else str(fps), settings.source("fps")),
    }
    if settings.mode != "None" and (duration is None or frames / fps < duration):
        video["end"] = (str(frames), settings.source("max_frames"))
    return video | parts.inputs.image


def _model(parts: ProjectParts) -> _Entries:
    source = parts.settings.source
    seed = f"{source('seed')}; frame i is painted from seed + i, as with seed_behavior = iter"
    model: _Entries = {
        "name": (
            "worlds",
            "bundled; or sd15, sdxl ..., a Hugging Face id, or a folder",
        ),
        "seed": (parts.seed, seed),
        "steps": (parts.steps, source("steps")),
    }
    if parts.guidance_scale is not None:
        model["guidance_scale"] = (parts.guidance_scale, source("cfg_scale_schedule"))
    if parts.layers.cadence > 1:
        model["cadence"] = (parts.layers.cadence, source("diffusion_cadence"))
    return model


def _prompts(parts: ProjectParts) -> _Entries:
    morphs = parts.settings.mode == "Interpolation"
    return {
        "negative": (parts.prompts.negative, "the parts after --neg and negative_prompts"),
        "blend": (
            "100%" if morphs else "0s",
            "from each prompt to the next" if morphs else "each prompt holds until the next",
        ),
    }


def _layer(layer: Layer) -> list[str]:
    about = [f"{line.rstrip('.')}." for line in layer.about.split(". ")]
    entries = {name: (value, layer.remarks.get(name, "")) for name, value in layer.entries.items()}
    return ["", f"[[{layer.table}]]", *map(_comment, about), *_entries(entries)]


def _table(name: str, entries: _Entries) -> list[str]:
    return ["", f"[{name}]", *_entries(entries)]


def _entries(entries: _Entries) -> list[str]:
    return [
        f"{name} = {_value(value)}" + (f" {_comment(comment)}" if comment else "")
        for name, (value, comment) in entries.items()
    ]


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_value(key)} = {_value(item)}' for key, item in value.items())}}}"
    return str(tomlkit.item(value).as_string())


def _comment(text: str) -> str:
    """A comment of one line; unprintable characters become spaces."""
    return "# " + "".join(letter if letter.isprintable() else " " for letter in text)
