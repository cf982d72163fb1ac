"""Validates the curves that a modulator returns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from phosphene.hints import hint
from phosphene.score.channels import CHANNELS, Curve


class WrongAnswer(ValueError):
    """A modulator returned something that is not a set of curves."""


class NotFinite(WrongAnswer):
    """A curve contains a NaN or an infinity."""


def checked(given: Any, n_frames: int) -> dict[str, Curve]:
    """Check the curves of a modulator and convert them to float64.

    Parameters
    ----------
    given : object
        The return value of its `curves`.
    n_frames : int
        Required number of values of each curve.

    Returns
    -------
    dict of str to ndarray, shape (n_frames,)

    Raises
    ------
    WrongAnswer
        If it is not a dict of channels, or of `value` and optionally `height`; or if a curve has
        another shape, or values that are not real or not finite (`NotFinite`).
    """
    if not isinstance(given, Mapping):
        raise WrongAnswer(f"returned {type(given).__name__}; expected a dict of curves")
    envelope = "value" in given and given.keys() <= {"value", "height"}
    allowed = {"value", "height"} if envelope else CHANNELS.keys()
    for name in given:
        if name not in allowed:
            raise WrongAnswer(f"returned a curve for '{name}'. {hint(str(name), CHANNELS)}")
    return {name: _curve(name, curve, n_frames) for name, curve in given.items()}


def _curve(name: str, curve: Any, n_frames: int) -> Curve:
    if np.ma.isMaskedArray(curve):
        raise WrongAnswer(f"returned a masked array for '{name}'; expected a number in every frame")
    try:
        array = np.asarray(curve)
    except (TypeError, ValueError) as error:
        raise WrongAnswer(f"returned no numbers for '{name}': {error}") from None
    if array.dtype.kind not in "biuf":
        raise WrongAnswer(f"returned no numbers for '{name}': {array.dtype}; expected float64")
    if array.shape != (n_frames,):
        raise WrongAnswer(
            f"returned '{name}' in shape {array.shape}; expected ({n_frames},), one value per frame"
        )
    array = array.astype(np.float64)  # a copy, so that the plugin cannot change it later
    if not np.all(np.isfinite(array)):
        frame = int(np.flatnonzero(~np.isfinite(array))[0])
        raise NotFinite(f"returned '{name}' = {array[frame]} at frame {frame}; expected a number")
    return array
