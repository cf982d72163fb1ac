"""Reads Parseq manifests: values for every frame, which replace Deforum's entries.

The values are in `rendered_frames`; Deforum uses them instead of its own schedules
(`parseq_adapter.py` of sd-webui-deforum). Parseq's camera values are positions. Deforum uses the
steps between them, which the manifest has as `zoom_delta` and so on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

FRAMES = "rendered_frames"
MANIFEST, DELTAS = "parseq_manifest", "parseq_use_deltas"
Frames = Sequence[Mapping[str, Any]]

_SPACE = ("translation_z", "rotation_3d_x", "rotation_3d_y", "rotation_3d_z")
_CAMERA = ("angle", "zoom", "translation_x", "translation_y", *_SPACE)
# Deforum's names for the other fields.
_NAMES = {
    "strength": "strength_schedule",
    "scale": "cfg_scale_schedule",
    "noise": "noise_schedule",
    "contrast": "contrast_schedule",
    "fov": "fov_schedule",
    "near": "near_schedule",
    "far": "far_schedule",
    "antiblur_kernel": "kernel_schedule",
    "antiblur_sigma": "sigma_schedule",
    "antiblur_amount": "amount_schedule",
    "antiblur_threshold": "threshold_schedule",
}
# Fields that Parseq derives from others, or that the prompts already contain.
_DERIVED = re.compile(r"\w+_(delta|pc)|prompt_weight_\d+|\w*prompt\w*|frame|seed|subseed\w*|info")
_OVERRIDDEN = ("max_frames", "fps", "animation_mode", "seed")  # by Deforum's own values
_WEIGHTED = re.compile(r"\(([^()]*):([+-]?\d*\.?\d+)\)")


def with_manifest(entries: dict[str, Any]) -> dict[str, Any]:
    """Deforum's entries, updated with those of their manifest, or the entries of a manifest.

    A manifest given by URL remains an entry; it is not downloaded.

    Raises
    ------
    ValueError
        If the manifest is invalid, or was saved before Parseq rendered it.
    """
    if FRAMES in entries or {"keyframes", "managedFields"} & entries.keys():
        return _entries(entries, deltas=True)
    given = entries.get(MANIFEST)
    if isinstance(given, str) and given.lstrip()[:1] == "{":
        try:
            given = json.loads(given)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{MANIFEST} is not valid JSON: {error}") from None
    if not isinstance(given, dict) or not given:
        return entries
    own = {key: value for key, value in entries.items() if key not in (MANIFEST, DELTAS)}
    frames = _entries(given, bool(entries.get(DELTAS, True)))
    return own | {key: frames[key] for key in frames if key not in _OVERRIDDEN or key not in own}


def _entries(manifest: Mapping[str, Any], deltas: bool) -> dict[str, Any]:
    frames = _frames(manifest)
    options = manifest.get("options")
    fps = options.get("output_fps") if isinstance(options, dict) else None
    moving = {name for name in (*_SPACE, "fov") if len(_values(frames, name)) > 1}
    entries: dict[str, Any] = {
        "max_frames": frames[-1]["frame"] + 1,
        "animation_mode": "3D" if moving else "2D",
        "seed_behavior": _seeds(frames),
    }
    if fps is not None:
        entries["fps"] = fps
    if (seed := _number(frames[0].get("seed"))) is not None and seed >= 0:
        entries["seed"] = int(seed)
    named = {f"{name}_delta" if deltas else name: name for name in _CAMERA} | _NAMES
    for field, key in named.items():
        if _number(frames[0].get(field)) is not None:
            entries[key] = _schedule(frames, field)
    if prompts := _prompts(frames):
        entries["prompts"] = prompts
    for field in sorted({str(name) for name in frames[0]} - named.keys() - set(_CAMERA)):
        if not _DERIVED.fullmatch(field) and len(_values(frames, field)) > 1:
            entries[field] = "varies by frame in Parseq"
    return entries


def _frames(manifest: Mapping[str, Any]) -> Frames:
    frames = manifest.get(FRAMES)
    if not isinstance(frames, list) or not frames:
        raise ValueError(
            f"it has no {FRAMES}: in Parseq, render the document and save the manifest, which is "
            "the output below the graph"
        )
    placed: dict[int, Mapping[str, Any]] = {}
    for number, frame in enumerate(frames):
        at = frame.get("frame") if isinstance(frame, dict) else None
        if not isinstance(at, int) or isinstance(at, bool) or not 0 <= at < 10**7:
            raise ValueError(f"{FRAMES}: entry {number} has no frame number")
        placed[at] = frame  # like Deforum, the last of duplicates wins
    return [placed[at] for at in sorted(placed)]


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if abs(value) < 1e12 else None  # NaN compares as False


def _values(frames: Frames, field: str) -> set[float]:
    return {value for frame in frames if (value := _number(frame.get(field))) is not None}


def _seeds(frames: Frames) -> str:
    """Deforum's `seed_behavior`; 'schedule' if each frame has its own seed."""
    seeds = [seed for frame in frames if (seed := _number(frame.get("seed"))) is not None]
    rising = all(after - before == 1.0 for before, after in pairwise(seeds))
    return "iter" if rising or set(seeds) == {-1.0} else "schedule"


def _schedule(frames: Frames, field: str) -> str:
    """A schedule of the values, without those on a line between their neighbours."""
    points = [
        (int(frame["frame"]), value)
        for frame in frames
        if (value := _number(frame.get(field))) is not None
    ]
    keys = points[:1]
    for here, after in pairwise(points[1:]):
        (x0, y0), (x1, y1), (x2, y2) = keys[-1], here, after
        if abs((y2 - y0) / (x2 - x0) - (y1 - y0) / (x1 - x0)) > 1e-11:
            keys.append(here)
    keys += points[1:][-1:]
    return ", ".join(f"{frame}:({value:.15f})" for frame, value in keys)


def _prompts(frames: Frames) -> dict[str, str]:
    """The prompts by start frame; of weighted prompts, the one with the highest weight."""
    prompts: dict[str, str] = {}
    last = None
    for frame in frames:
        text = frame.get("deforum_prompt")
        if not isinstance(text, str):
            continue
        positive, mark, negative = text.partition("--neg")
        text = f"{_heaviest(positive)} {mark}{_heaviest(negative)}".strip()
        if text != last:
            prompts[str(frame["frame"])] = last = text
    return prompts


def _heaviest(text: str) -> str:
    """The text with only the heaviest of its weighted parts; unchanged with fewer than two."""
    parts = [(float(match[2]), match[1]) for match in _WEIGHTED.finditer(text)]
    if len(parts) < 2:
        return text.strip() if not parts or parts[0][0] > 0 else _WEIGHTED.sub("", text).strip()
    heaviest = max(parts, key=lambda part: part[0])[1]
    rest = re.sub(r"\s*\bAND\b\s*", " ", _WEIGHTED.sub("", text))
    return re.sub(r"\s+", " ", f"{heaviest} {rest}").strip()
