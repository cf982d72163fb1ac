"""The nearest valid name for a misspelling, or for a name of another program."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

# Names in other programs, and what each is called here.
_ELSEWHERE = {
    "angle": ("rotation",),
    "translation_z": ("dolly",),
    "rotation_3d_x": ("tilt",),
    "rotation_3d_y": ("pan",),
    "rotation_3d_z": ("rotation",),
    "fov": ("field_of_view",),
    "strength_schedule": ("strength",),
    "denoise": ("strength",),
    "denoising_strength": ("strength",),
    "cfg": ("guidance", "guidance_scale"),
    "cfg_scale": ("guidance_scale", "guidance"),
    "sampling_steps": ("steps",),
    "h265": ("hevc",),
    "x265": ("hevc",),
    "x264": ("h264",),
}


def hint(given: str, allowed: Iterable[str]) -> str:
    """One sentence for an error message: the nearest allowed name, or all of them.

    Parameters
    ----------
    given : str
        What the user wrote.
    allowed : iterable of str

    Returns
    -------
    str
        For instance "Did you mean 'release'? Allowed: attack, release."
    """
    names = sorted(allowed)
    same = [name for name in _ELSEWHERE.get(given.lower(), ()) if name in names]
    near = same or get_close_matches(given.lower(), names, n=1, cutoff=0.6)
    listed = f"Allowed: {', '.join(names)}."
    return f"Did you mean '{near[0]}'? {listed}" if near else listed
