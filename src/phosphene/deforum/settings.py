"""Reading a Deforum settings file: JSON text, as its web UI saves it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phosphene.errors import ProjectError

#: What a key means where the file lacks it.
DEFAULTS: dict[str, Any] = {
    "W": 512,
    "H": 512,
    "seed": -1,
    "seed_behavior": "iter",
    "seed_iter_N": 1,
    "steps": 25,
    "fps": 15,
    "max_frames": 120,
    "animation_mode": "2D",
    "diffusion_cadence": 1,
    "prompts": {},
    "positive_prompts": "",
    "negative_prompts": "",
    "angle": "0:(0)",
    "zoom": "0:(1)",
    "translation_x": "0:(0)",
    "translation_y": "0:(0)",
    "translation_z": "0:(0)",
    "rotation_3d_x": "0:(0)",
    "rotation_3d_y": "0:(0)",
    "rotation_3d_z": "0:(0)",
    "fov_schedule": "0:(70)",
    "strength_schedule": "0:(0.65)",
    "cfg_scale_schedule": "0:(7)",
    "noise_schedule": "0:(0)",
    "amount_schedule": "0:(0)",
    "noise_type": "uniform",
}

# What older versions called it, and where the current one keeps it.
_FORMER = {
    "animation_prompts": "prompts",
    "animation_prompts_positive": "positive_prompts",
    "animation_prompts_negative": "negative_prompts",
    "scale": "cfg_scale_schedule",
}
_MOTION = {"strength_schedule", "max_frames", "zoom", "translation_x", "animation_mode"}


@dataclass(frozen=True)
class Settings:
    """A settings file: where it lies, and its entries."""

    path: Path
    entries: dict[str, Any]

    def text(self, key: str) -> str:
        """An entry as text; a schedule may have been saved as a plain number."""
        value = self.entries.get(key)
        value = DEFAULTS.get(key, "") if value is None else value
        return str(value)

    def whole(self, key: str) -> int:
        """An entry that is a whole number.

        Raises
        ------
        ProjectError
            If it is none.
        """
        value = self.entries.get(key, DEFAULTS[key])
        try:
            return int(float(value))
        except (TypeError, ValueError):
            raise ProjectError(
                f"{self.path}: {key}: got {value!r}: expected a whole number"
            ) from None


def read_settings(path: Path) -> Settings:
    """Read a settings file.

    Parameters
    ----------
    path : Path
        JSON text.

    Returns
    -------
    Settings
        Under the names of the current version.

    Raises
    ------
    ProjectError
        If it can not be read, is no JSON, or holds nothing of Deforum's.
    """
    try:
        entries = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise ProjectError(f"{path}: can not be read: {error}") from None
    except json.JSONDecodeError as error:
        raise ProjectError(
            f"{path}: this is not valid JSON: {error}",
            "Deforum saves its settings as a .txt file of JSON, beside the frames.",
        ) from None
    if not isinstance(entries, dict) or not _MOTION & entries.keys():
        raise ProjectError(
            f"{path}: this is no Deforum settings file: it has none of "
            f"{', '.join(sorted(_MOTION))}",
            "Deforum saves its settings as a .txt file of JSON, beside the frames.",
        )
    for former, name in _FORMER.items():
        if former in entries and not entries.get(name):
            entries[name] = entries[former]
    return Settings(path, entries)
