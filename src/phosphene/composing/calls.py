"""Calls a modulator, and checks everything that it returns or raises."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from phosphene.authoring import read_only
from phosphene.composing.gates import within
from phosphene.errors import Bug, PhospheneError, PluginError, ProjectError, SongChanged
from phosphene.hints import hint
from phosphene.plugins.running import describe, location_in, strict, traced
from phosphene.project.motion import AmountSource, Layer
from phosphene.score.channels import CHANNELS, Curve
from phosphene.score.curves.envelopes import at_frame_rate, own_frames
from phosphene.score.timeline import Timeline
from phosphene.score.units import At
from phosphene.song.song import Song


class WrongAnswer(ValueError):
    """A modulator returned something that is not a set of curves."""


class NotFinite(WrongAnswer):
    """A curve contains a NaN or an infinity."""


def checked(curves: Any, n_frames: int) -> dict[str, Curve]:
    """Check the curves of a modulator and convert them to float64.

    Parameters
    ----------
    curves : object
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
    if not isinstance(curves, Mapping):
        raise WrongAnswer(f"returned {type(curves).__name__}; expected a dict of curves")
    envelope = "value" in curves and curves.keys() <= {"value", "height"}
    allowed = {"value", "height"} if envelope else CHANNELS.keys()
    for name in curves:
        if name not in allowed:
            raise WrongAnswer(f"returned a curve for '{name}'. {hint(str(name), CHANNELS)}")
    return {name: _curve(name, curve, n_frames) for name, curve in curves.items()}


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


def curves_of(
    entry: Layer | AmountSource,
    where: str,
    song: Song,
    timeline: Timeline,
    below: dict[str, Curve],
) -> dict[str, Curve]:
    """The validated curves of a modulator on the frames of `timeline`.

    Parameters
    ----------
    entry : Layer or AmountSource
        The entry of the project file that uses the modulator.
    where : str
        Where that entry is, for errors.
    song : Song
    timeline : Timeline
    below : dict of str to ndarray, shape (n_frames,)
        Every channel's value below the layer.

    Returns
    -------
    dict of str to ndarray, shape (n_frames,)
        Channels, or `value` and optionally `height`.

    Raises
    ------
    ProjectError
        If a position is outside the song, or the parameters of a built-in modulator are so extreme
        that its curves are not finite.
    PluginError
        If the modulator fails, returns something that is not a set of curves, or changes the song.
    Bug
        If a built-in modulator does so.
    """
    modulator = entry.modulator
    for place, position in _positions(modulator, where):
        within(timeline, position, place)
    frames = timeline if modulator.by_interval else own_frames(timeline)
    outside = None if entry.plugin is None or entry.plugin.built_in else entry.plugin
    before = _state(song) if outside else 0
    try:
        returned = _call(entry, song, frames, below)
        curves = checked(returned, frames.n_frames)
    except KeyboardInterrupt:
        raise
    except PhospheneError as error:
        author = f" of {outside.source}" if outside else ""
        error.name_place(f"{where} ({entry.use}{author})")
        raise
    except BaseException as error:  # a plugin may also raise SystemExit
        if strict():
            raise
        raise _explained(entry, where, error) from error
    if outside and _state(song) != before:
        raise SongChanged(
            f"{where}: the modulator '{entry.use}' of {outside.source} changed the song, which "
            "every other layer reads too",
            outside.remedy,
        )
    if frames is timeline:
        return curves
    return {name: _at_frame_rate(name, curve, timeline) for name, curve in curves.items()}


def _call(
    entry: Layer | AmountSource, song: Song, frames: Timeline, below: dict[str, Curve]
) -> dict[str, Curve]:
    modulator = entry.modulator
    with traced(entry.plugin.name if entry.plugin else entry.use, f"{entry.use}.curves"):
        if modulator.by_interval:
            channels = {name: read_only(curve) for name, curve in below.items()}
            return modulator.curves_above(song, frames, MappingProxyType(channels))
        return modulator.curves(song, frames)


_READ_ONLY = (
    "The arrays that a modulator receives are shared with other layers and read-only: write "
    "`t = t * 2` instead of `t *= 2`, or change a copy."
)
_SIGNS = ("read-only", "WRITEABLE", "mappingproxy", "FrozenInstanceError")
_FULL = "PHOSPHENE_STRICT=1 shows the full traceback."


def _explained(entry: Layer | AmountSource, where: str, error: BaseException) -> PhospheneError:
    """An error that names the entry, the modulator, and the plugin with its version and line."""
    plugin = entry.plugin
    author = f" of {plugin.source}" if plugin is not None else ""
    about = f"{where}: the modulator '{entry.use}'{author} "
    if isinstance(error, WrongAnswer):
        about += str(error)
    else:
        about += f"failed: {describe(error)}{location_in(error, plugin) if plugin else ''}"
    if plugin is None:
        return PluginError(about)
    if plugin.built_in and isinstance(error, (NotFinite, MemoryError)):
        return ProjectError(about, "Choose less extreme parameters.")
    if plugin.built_in:
        return Bug(about, "This is a bug in Phosphene. Please report it with your project.")
    fixes = [plugin.remedy, "--skip-broken renders without the layer."]
    if any(word in describe(error) for word in _SIGNS):
        fixes.insert(0, _READ_ONLY)
    if not isinstance(error, WrongAnswer):
        fixes.append(_FULL)
    return PluginError(about, " ".join(fixes))


def _state(song: Song) -> int:
    """A checksum of what a modulator could change, though NumPy and the classes forbid it."""
    values = (feature.values for _, feature in sorted(song.features.items()))
    arrays = (song.beats, song.downbeats, song.onsets, song.onset_strengths, *values, song.samples)
    about = (song.duration, song.tempo, song.metre, song.sections, sorted(song.extra))
    state = zlib.crc32(repr(about).encode())
    for array in arrays:
        state = zlib.crc32(np.ascontiguousarray(array).data, state)
    return state


def _at_frame_rate(name: str, curve: Curve, timeline: Timeline) -> Curve:
    if name in CHANNELS and CHANNELS[name].multiplicative:
        # Well below the limit, so that values below it are still counted as clamped.
        kept = np.maximum(curve, 0.5 * CHANNELS[name].low)
        return np.exp(at_frame_rate(np.log(kept), timeline))
    return at_frame_rate(curve, timeline)


def _positions(modulator: Any, where: str) -> list[tuple[str, At]]:
    """Every position among a modulator's parameters, with its entry."""
    found = []
    for name, value in modulator:
        several = isinstance(value, (dict, tuple))
        inside = {str(key): key for key in value} if several else {"": value}
        for key, position in inside.items():
            if isinstance(position, At):
                found.append((f'{where}.{name}."{key}"' if key else f"{where}.{name}", position))
    return found
