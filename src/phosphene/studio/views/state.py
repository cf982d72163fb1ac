"""The state of a project as JSON: what the page shows besides the curves."""

from __future__ import annotations

from typing import Any

from phosphene.modulators.modulator import Modulator
from phosphene.plugins import Registry
from phosphene.score.channels import CHANNELS
from phosphene.song.song import Song
from phosphene.studio.views.composed import Composed
from phosphene.studio.views.scenes import prompt_entries, scene_entries
from phosphene.studio.views.wire import plain

SECTION = ("start", "end", "label", "role", "energy", "confidence")


def song_state(song: Song) -> dict[str, Any]:
    """Duration, tempo, beats, bars, sections and the names of the features of a song."""
    return {
        "duration": song.duration,
        "tempo": song.tempo,
        "metre": song.metre,
        "confidence": song.confidence,
        "beats": _times(song.beats),
        "bars": _times(song.downbeats),
        "sections": [
            {name: getattr(part, name) for name in SECTION if hasattr(part, name)}
            for part in song.sections
        ],
        "features": sorted({*song.features, *song.extra}),
        "name": song.path.name if song.path else "",
    }


def project_state(composed: Composed, registry: Registry) -> dict[str, Any]:
    """The prompts, scenes and layers of a project, with the seconds of every position."""
    data, prompts = composed.data, composed.project.prompts
    return {
        "prompts": prompt_entries(composed),
        "scenes": scene_entries(composed),
        "style": prompts.style,
        "negative": prompts.negative,
        "blend": str(prompts.blend),
        "shot": str(prompts.shot),
        "layers": [
            _layer(k, entry, composed, registry) for k, entry in enumerate(data.get("motion", []))
        ],
        "depth": plain(data.get("depth", {})),
        "video": plain(data.get("video", {})),
        "model": composed.project.model.model_dump(include={"name", "seed"})
        | plain(data.get("model", {})),
        "corrections": plain(data.get("song", {})),
        "warnings": list(composed.picture.score.warnings),
        "clamped": composed.picture.score.clamped,
        "silent": list(composed.picture.silent),
    }


def _layer(
    index: int, entry: dict[str, Any], composed: Composed, registry: Registry
) -> dict[str, Any]:
    cls = registry.modulators.get(entry.get("use", ""))
    plugin = registry.origin.get(("modulators", entry.get("use", "")))
    return {
        "index": index,
        "entry": f"motion[{index}]",
        "use": entry.get("use", ""),
        "look": entry.get("look", ""),
        "plugin": "" if plugin is None or plugin.built_in else plugin.name,
        "values": plain(entry),
        "keys": _keys(index, entry, composed, cls),
    }


def _keys(
    index: int, entry: dict[str, Any], composed: Composed, cls: type[Modulator] | None
) -> list[dict[str, Any]]:
    """The tables of positions and numbers in a layer: keyframes, and the amount over time."""
    tables = []
    for name, value in entry.items():
        own = name in CHANNELS and cls is not None and name in cls.model_fields
        if not (own or name == "amount") or isinstance(value, str):
            continue
        points = value if isinstance(value, dict) else {"0": value}
        numbers = all(isinstance(number, (int, float)) for number in points.values())
        if not numbers or "use" in points:
            continue
        tables.append(
            {
                "channel": name,
                "path": ["motion", index, name],
                "constant": not isinstance(value, dict),
                "points": [
                    {"position": key, "at": composed.moment(key), "value": number}
                    for key, number in points.items()
                ],
            }
        )
    return tables


def _times(times: Any) -> list[float]:
    return [round(float(time), 5) for time in times]
