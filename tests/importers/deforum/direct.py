"""Reference values of Deforum schedules, computed with numexpr and without Phosphene."""

import re

import numexpr
import numpy as np


def schedule(keys):
    """The text of a schedule with these keys."""
    return ", ".join(f"{frame}: ({value})" for frame, value in keys.items())


def values(keys, frames, seed=0):
    """The value in every frame: float64, shape (frames,)."""
    found = np.full(frames, np.nan)
    for frame in range(frames):
        key = max((at for at in keys if at <= frame), default=None)
        if key is None:
            continue
        text = str(keys[key])
        if not re.fullmatch(r"[+-]?(\d+(\.\d+)?|\.\d+)", text):
            names = {"t": frame, "max_f": frames - 1, "s": seed}
            found[frame] = numexpr.evaluate(text, local_dict=names)
        elif key == frame:
            found[frame] = float(text)
    known = np.flatnonzero(~np.isnan(found))
    return np.interp(np.arange(frames), known, found[known])
