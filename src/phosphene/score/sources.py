"""Sources: what a modulator gives for the frames that are rendered, checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from phosphene.errors import PhospheneError, PluginError
from phosphene.hints import hint
from phosphene.modulator import Modulator
from phosphene.score.carrying import carried, own_frames
from phosphene.score.channels import CHANNELS, Curve
from phosphene.score.gates import within
from phosphene.score.timeline import Timeline
from phosphene.score.units import At
from phosphene.song.song import Song


def curves_of(
    modulator: Modulator,
    use: str,
    where: str,
    song: Song,
    timeline: Timeline,
    below: dict[str, Curve],
) -> dict[str, Curve]:
    """The curves of a modulator on the frames of `timeline`, whatever it gives or raises.

    Parameters
    ----------
    modulator : Modulator
    use, where : str
        Its name, and its entry in the project file, for errors.
    song : Song
    timeline : Timeline
    below : dict of str to ndarray, shape (n_frames,)
        Every channel's value below it.

    Returns
    -------
    dict of str to ndarray, shape (n_frames,)
        Channels, or `value` and perhaps `height`.

    Raises
    ------
    ProjectError
        If a position lies outside of the song.
    PluginError
        If the modulator fails, or gives something that is no set of curves.
    """
    for place, position in _positions(modulator, where):
        within(timeline, position, place)
    frames = timeline if modulator.by_interval else own_frames(timeline)
    about = f"{where}: the modulator '{use}'"
    try:
        if modulator.by_interval:
            given = modulator.curves_above(song, frames, _read_only(below))
        else:
            given = modulator.curves(song, frames)
    except PhospheneError as error:
        raise type(error)(f"{where} ({use}): {error}", error.fix) from error
    except Exception as error:
        raise PluginError(
            f"{about} failed: {type(error).__name__}: {error}",
            "Remove this [[motion]], or update the plugin that it comes from.",
        ) from error
    if not isinstance(given, Mapping):
        raise PluginError(f"{about} gave {type(given).__name__}; expected a dict of curves")
    envelope = given.keys() <= {"value", "height"} and "value" in given
    allowed = {"value", "height"} if envelope else CHANNELS.keys()
    curves = {}
    for name, curve in given.items():
        if name not in allowed:
            raise PluginError(f"{about} gave a curve for '{name}'. {hint(name, CHANNELS)}")
        checked = _checked(curve, name, about, frames.n_frames)
        curves[name] = checked if frames is timeline else _carried(name, checked, timeline)
    return curves


def _carried(name: str, curve: Curve, timeline: Timeline) -> Curve:
    if name in CHANNELS and CHANNELS[name].multiplicative:
        kept = np.maximum(curve, CHANNELS[name].low)
        return np.exp(carried(np.log(kept), timeline))
    return carried(curve, timeline)


def _read_only(below: dict[str, Curve]) -> dict[str, Curve]:
    views = {name: curve.view() for name, curve in below.items()}
    for view in views.values():
        view.setflags(write=False)
    return views


def _checked(curve: Any, name: str, about: str, n_frames: int) -> Curve:
    try:
        array = np.asarray(curve, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise PluginError(f"{about} gave no numbers for '{name}': {error}") from None
    if array.shape != (n_frames,):
        raise PluginError(
            f"{about} gave '{name}' in shape {array.shape}; expected ({n_frames},), one value a "
            "frame"
        )
    if not np.all(np.isfinite(array)):
        frame = int(np.flatnonzero(~np.isfinite(array))[0])
        raise PluginError(
            f"{about} gave '{name}' = {array[frame]} at frame {frame}; expected a number"
        )
    return array


def _positions(modulator: Any, where: str) -> list[tuple[str, At]]:
    """Every position among a modulator's parameters, with the entry that it stands in."""
    found = []
    for name, value in modulator:
        inside = {str(key): key for key in value} if isinstance(value, dict) else {"": value}
        for key, position in inside.items():
            if isinstance(position, At):
                found.append((f'{where}.{name}."{key}"' if key else f"{where}.{name}", position))
    return found
