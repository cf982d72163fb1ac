"""Reads Deforum settings files: JSON text, as saved by the web UI and the notebooks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from phosphene.errors import ProjectError
from phosphene.importers.deforum.parseq import with_manifest

#: Deforum's defaults for missing entries.
DEFAULTS: dict[str, Any] = {
    "W": 512,
    "H": 512,
    "seed": -1,
    "seed_behavior": "iter",
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
    "strength": 0.8,
    "use_init": False,
    "use_mask": False,
    "use_mask_video": False,
    "use_alpha_as_mask": False,
    "hybrid_use_first_frame_as_init_image": True,
    "hybrid_comp_alpha_schedule": "0:(0.5)",
    "hybrid_flow_factor_schedule": "0:(1)",
    "use_looper": False,
    "init_images": "",
    "blendFactorMax": "0:(0.35)",
    "blendFactorSlope": "0:(0.25)",
    "tweening_frames_schedule": "0:(20)",
    "color_correction_factor": "0:(0.075)",
    "extract_nth_frame": 1,
    "extract_from_frame": 0,
    "mask_overlay_blur": 0,
}

#: Names of the entries in other versions.
FORMER: dict[str, tuple[str, ...]] = {
    "W": ("width",),
    "H": ("height",),
    "steps": ("num_inference_steps",),
    "prompts": ("animation_prompts", "cond_prompts"),
    "positive_prompts": ("animation_prompts_positive",),
    "negative_prompts": ("animation_prompts_negative", "uncond_prompts", "neg_prompts"),
    "cfg_scale_schedule": ("scale", "guidance_scale"),
    "fov_schedule": ("fov",),
    "strength_schedule": ("previous_frame_strength",),
    "noise_schedule": ("previous_frame_noise",),
    "amount_schedule": ("antiblur_amount_schedule",),
    "hybrid_composite": ("hybrid_video_composite",),
    "hybrid_motion": ("hybrid_video_motion",),
    "hybrid_comp_alpha_schedule": ("hybrid_video_comp_alpha_schedule",),
    "hybrid_use_first_frame_as_init_image": ("hybrid_video_use_first_frame_as_init_image",),
}
#: Schedules whose default has no effect.
NEUTRAL = frozenset(
    {
        "angle", "zoom", "translation_x", "translation_y", "translation_z", "rotation_3d_x",
        "rotation_3d_y", "rotation_3d_z", "noise_schedule", "amount_schedule",
    }
)  # fmt: skip
VIDEO = "Video Input"
MODES = ("2D", "3D", "None", "Interpolation", VIDEO)

#: Entries that identify a Deforum file; files for stills have none of these.
MOTION = ("strength_schedule", "max_frames", "zoom", "translation_x", "animation_mode")
_STILLS = ("prompts", "animation_prompts", "sampler", "steps", "seed", "W", "H")

_LARGEST = 16_000_000  # bytes
_FILE = "Deforum saves its settings as a .txt file with JSON, beside the frames."


@dataclass(frozen=True)
class Settings:
    """A settings file: its path and its entries.

    Parameters
    ----------
    path : Path
    entries : dict
    video : mapping
        Entries of the video settings, which notebooks save in a separate file.
    """

    path: Path
    entries: dict[str, Any]
    video: Mapping[str, Any] = field(default_factory=dict)

    def given(self, key: str) -> tuple[str, Any] | None:
        """The name of an entry in the file, and its value; None if it is missing or empty."""
        for entries, where in ((self.entries, ""), (self.video, " of the video settings")):
            for name in (key, *FORMER.get(key, ())):
                if entries.get(name) not in (None, "", {}, []):
                    return name + where, entries[name]
        return None

    def value(self, key: str) -> Any:
        """An entry, or its default."""
        entry = self.given(key)
        return DEFAULTS.get(key) if entry is None else entry[1]

    def source(self, key: str) -> str:
        """The origin of an entry, for a comment."""
        entry = self.given(key)
        return entry[0] if entry else f"{key} (not in the file: Deforum's default)"

    def text(self, key: str) -> str:
        """An entry as text, also if it was saved as a number; empty for other types."""
        value = self.value(key)
        return str(value) if isinstance(value, (str, int, float)) else ""

    @property
    def mode(self) -> str:
        """The animation mode: `None` for stills."""
        if self.given("animation_mode") is None and not self.moves:
            return "None"
        mode = self.text("animation_mode")
        return next((known for known in MODES if known.lower() == mode.lower()), mode)

    @property
    def moves(self) -> bool:
        """Whether the file has motion, unlike files for stills."""
        return any(key in self.entries for key in MOTION)

    def integer(self, key: str) -> int:
        """An entry as an integer.

        Raises
        ------
        ProjectError
            If it is not a number.
        """
        value = self.value(key)
        try:
            return int(value) if isinstance(value, int) else int(float(value))
        except (TypeError, ValueError, OverflowError):
            name = (self.given(key) or (key,))[0]
            raise ProjectError(
                f"{self.path}: {name}: got {shown(value)}: expected an integer"
            ) from None


def read_settings(path: Path) -> Settings:
    """Read a settings file or a Parseq manifest, and the video settings beside it.

    Raises
    ------
    ProjectError
        If it cannot be read, is not JSON, or has no Deforum settings.
    """
    entries = _read_json(path)
    if isinstance(entries, dict) and "deforum_settings" in entries:  # a request to Deforum's API
        inner = entries["deforum_settings"]
        entries = inner[0] if isinstance(inner, list) and inner else inner
    if isinstance(entries, dict):
        try:
            entries = with_manifest(entries)
        except ValueError as error:
            raise ProjectError(f"{path}: the Parseq manifest cannot be read: {error}") from None
    known = isinstance(entries, dict) and (
        any(key in entries for key in MOTION) or sum(key in entries for key in _STILLS) >= 3
    )
    if not known:
        if isinstance(entries, dict) and {"fps", "skip_video_for_run_all"} <= entries.keys():
            raise ProjectError(
                f"{path} has only the video settings",
                "Import the file beside it whose name ends in _settings.txt; the frame rate is "
                "read from this one.",
            )
        raise ProjectError(
            f"{path} is not a Deforum settings file: it has none of {', '.join(sorted(MOTION))}",
            _FILE,
        )
    return Settings(path, entries, _video_beside(path))


def is_off(value: Any) -> bool:
    """Whether an entry is off, as written by any version."""
    return value in (None, False, "", 0, [], {}) or str(value).strip().lower() in (
        "0", "0.0", "false", "none", "none (default)",
    )  # fmt: skip


def shown(value: Any) -> str:
    """A value for a message, as one short line of printable characters."""
    if isinstance(value, (dict, list)):
        return f"{'{...}' if isinstance(value, dict) else '[...]'} of {len(value)} entries"
    if isinstance(value, int) and abs(value) >= 10**40:
        return f"a number of {len(str(abs(value)))} digits"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:58]}…{text[-1]}"


def _video_beside(path: Path) -> dict[str, Any]:
    name = path.name.replace("_settings", "_video-settings")
    beside = path.with_name(name)
    if name == path.name or not beside.is_file():
        return {}
    try:
        entries = _read_json(beside)
    except ProjectError:  # the user did not name this file
        return {}
    return entries if isinstance(entries, dict) else {}


def _read_json(path: Path) -> Any:
    try:
        if not path.is_file():
            raise ProjectError(f"{path} cannot be read: no such file", "Choose a settings file.")
        if path.stat().st_size > _LARGEST:
            raise ProjectError(f"{path} is larger than {_LARGEST // 10**6} MB", _FILE)
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        raise ProjectError(f"{path} cannot be read: {error}") from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:  # saved by an older version on Windows
        text = data.decode("cp1252", errors="replace")
    try:
        return _encodable(json.loads(text, parse_int=_integer))
    except RecursionError:
        raise ProjectError(f"{path}: the JSON is nested too deeply", _FILE) from None
    except ValueError as error:
        raise ProjectError(f"{path} is not valid JSON: {error}", _FILE) from None


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= 400 else float(digits)


def _encodable(value: Any) -> Any:
    """Replace unpaired surrogates, which cannot be written to a file, by question marks."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {_encodable(key): _encodable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_encodable(inner) for inner in value]
    return value
