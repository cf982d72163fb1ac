"""The depth of an imported 3D project."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Any

import numpy as np

from phosphene.importers.deforum.motion import Motion
from phosphene.importers.deforum.settings import Settings
from phosphene.score.channels import CHANNELS

DRAWN = "bowl"
ESTIMATED = "depth-anything/Depth-Anything-V2-Small-hf"
PARALLAX = frozenset({"dolly", "translation_x", "translation_y"})
# Deforum's distances are (50 - d) / 19 for an output d of MiDaS, which is from 0 to about 40.
_NEAR, _FAR = 10.0 / 19.0, 50.0 / 19.0


def read_depth(
    settings: Settings, motion: Motion, channels: Collection[str]
) -> dict[str, tuple[Any, str]]:
    """The entries of `[depth]`, each with a comment; empty where nothing would show it.

    Parameters
    ----------
    settings : Settings
    motion : Motion
        Reads its field of view, which gives the distance of the picture plane.
    channels : collection of str
        The channels that the project drives.
    """
    if not has_depth(settings) or motion.view is None or not PARALLAX & set(channels):
        return {}
    limits = CHANNELS["field_of_view"]
    view = float(np.clip(motion.view, limits.low, limits.high))
    half = math.tan(math.radians(view / 2.0))
    return {
        "source": (DRAWN, f"drawn; {ESTIMATED} estimates it from each picture, as in Deforum"),
        "near": (round(_NEAR * half, 3), "of MiDaS, times the picture plane's distance"),
        "far": (round(_FAR * half, 3), "of MiDaS"),
    }


def has_depth(settings: Settings) -> bool:
    """Whether Deforum warps the pictures by their depth."""
    warps = settings.entries.get("use_depth_warping", True)
    return settings.mode == "3D" and str(warps).strip().lower() not in ("false", "0", "none", "")
