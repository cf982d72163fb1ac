"""What a modulator answered: every curve checked before anything is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from phosphene.hints import hint
from phosphene.score.channels import CHANNELS, Curve


class WrongAnswer(ValueError):
    """What a modulator gave is not a set of curves."""


class NotFinite(WrongAnswer):
    """A curve holds a NaN or an infinity."""


def checked(given: Any, n_frames: int) -> dict[str, Curve]:
    """The curves of a modulator as float64.

    Parameters
    ----------
    given : object
        What its `curves` returned.
    n_frames : int
        How many values each curve must have.

    Returns
    -------
    dict of str to ndarray, shape (n_frames,)

    Raises
    ------
    WrongAnswer
        If it is not a dict of channels, or of `value` and perhaps `height`; or if a curve has
        another shape, is not made of real numbers, or has one that is not finite (`NotFinite`).
    """
    if not isinstance(given, Mapping):
        raise WrongAnswer(f"gave {type(given).__name__}; expected a dict of curves")
    envelope = "value" in given and given.keys() <= {"value", "height"}
    allowed = {"value", "height"} if envelope else CHANNELS.keys()
    for name in given:
        if name not in allowed:
            raise WrongAnswer(f"gave a curve for '{name}'. {hint(str(name), CHANNELS)}")
    return {name: _curve(name, curve, n_frames) for name, curve in given.items()}


def _curve(name: str, curve: Any, n_frames: int) -> Curve:
    if np.ma.isMaskedArray(curve):
        raise WrongAnswer(f"gave a masked array for '{name}'; expected a number in every frame")
    try:
        array = np.asarray(curve)
    except (TypeError, ValueError) as error:
        raise WrongAnswer(f"gave no numbers for '{name}': {error}") from None
    if array.dtype.kind not in "biuf":
        raise WrongAnswer(f"gave no numbers for '{name}': {array.dtype}; expected float64")
    if array.shape != (n_frames,):
        raise WrongAnswer(
            f"gave '{name}' in shape {array.shape}; expected ({n_frames},), one value a frame"
        )
    array = array.astype(np.float64)  # a copy: what the plugin keeps of it is its own
    if not np.all(np.isfinite(array)):
        frame = int(np.flatnonzero(~np.isfinite(array))[0])
        raise NotFinite(f"gave '{name}' = {array[frame]} at frame {frame}; expected a number")
    return array
