"""Sources: calls a modulator, and handles everything that it returns or raises."""

from __future__ import annotations

import zlib
from types import MappingProxyType
from typing import Any

import numpy as np

from phosphene.authoring import line_of, read_only, strict, traced
from phosphene.composing.answers import NotFinite, WrongAnswer, checked
from phosphene.composing.gates import within
from phosphene.errors import Bug, PhospheneError, PluginError, ProjectError, SongChanged
from phosphene.project.schema import Layer, Source
from phosphene.score.carrying import carried, own_frames
from phosphene.score.channels import CHANNELS, Curve
from phosphene.score.timeline import Timeline
from phosphene.score.units import At
from phosphene.song.song import Song


def curves_of(
    asked: Layer | Source,
    where: str,
    song: Song,
    timeline: Timeline,
    below: dict[str, Curve],
) -> dict[str, Curve]:
    """The validated curves of a modulator on the frames of `timeline`.

    Parameters
    ----------
    asked : Layer or Source
        The entry that uses the modulator.
    where : str
        Its entry in the project file, for errors.
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
    modulator = asked.modulator
    for place, position in _positions(modulator, where):
        within(timeline, position, place)
    frames = timeline if modulator.by_interval else own_frames(timeline)
    outside = None if asked.plugin is None or asked.plugin.built_in else asked.plugin
    before = _state(song) if outside else 0
    try:
        given = _asked(asked, song, frames, below)
        curves = checked(given, frames.n_frames)
    except KeyboardInterrupt:
        raise
    except PhospheneError as error:
        author = f" of {outside.source}" if outside else ""
        error.name_place(f"{where} ({asked.use}{author})")
        raise
    except BaseException as error:  # a plugin may also raise SystemExit
        if strict():
            raise
        raise _blamed(asked, where, error) from error
    if outside and _state(song) != before:
        raise SongChanged(
            f"{where}: the modulator '{asked.use}' of {outside.source} changed the song, which "
            "every other layer reads too",
            outside.remedy,
        )
    if frames is timeline:
        return curves
    return {name: _carried(name, curve, timeline) for name, curve in curves.items()}


def _asked(
    asked: Layer | Source, song: Song, frames: Timeline, below: dict[str, Curve]
) -> dict[str, Curve]:
    modulator = asked.modulator
    with traced(asked.plugin.name if asked.plugin else asked.use, f"{asked.use}.curves"):
        if modulator.by_interval:
            seen = {name: read_only(curve) for name, curve in below.items()}
            return modulator.curves_above(song, frames, MappingProxyType(seen))
        return modulator.curves(song, frames)


_READ_ONLY = (
    "The arrays that a modulator receives are shared with other layers and read-only: write "
    "`t = t * 2` instead of `t *= 2`, or change a copy."
)
_SIGNS = ("read-only", "WRITEABLE", "mappingproxy", "FrozenInstanceError")
_FULL = "PHOSPHENE_STRICT=1 shows the full traceback."


def _blamed(asked: Layer | Source, where: str, error: BaseException) -> PhospheneError:
    """The error that names the entry, the modulator, and the plugin with its version and line."""
    plugin = asked.plugin
    author = f" of {plugin.source}" if plugin is not None else ""
    about = f"{where}: the modulator '{asked.use}'{author} "
    if isinstance(error, WrongAnswer):
        about += str(error)
    else:
        line = line_of(error, plugin.file if plugin else None)
        about += f"failed: {_message(error)}" + (f" ({line})" if line else "")
    if plugin is None:
        return PluginError(about)
    if plugin.built_in and isinstance(error, (NotFinite, MemoryError)):
        return ProjectError(about, "Choose less extreme parameters.")
    if plugin.built_in:
        return Bug(about, "This is a bug in Phosphene. Please report it with your project.")
    fixes = [plugin.remedy, "--skip-broken renders without the layer."]
    if any(word in _message(error) for word in _SIGNS):
        fixes.insert(0, _READ_ONLY)
    if not isinstance(error, WrongAnswer):
        fixes.append(_FULL)
    return PluginError(about, " ".join(fixes))


def _message(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _state(song: Song) -> int:
    """A checksum of what a modulator could change, though NumPy and the classes forbid it."""
    heard = (feature.values for _, feature in sorted(song.features.items()))
    arrays = (song.beats, song.downbeats, song.onsets, song.onset_strengths, *heard, song.samples)
    about = (song.duration, song.tempo, song.metre, song.sections, sorted(song.extra))
    state = zlib.crc32(repr(about).encode())
    for array in arrays:
        state = zlib.crc32(np.ascontiguousarray(array).data, state)
    return state


def _carried(name: str, curve: Curve, timeline: Timeline) -> Curve:
    if name in CHANNELS and CHANNELS[name].multiplicative:
        # Well below the limit, so that values below it are still counted as clamped.
        kept = np.maximum(curve, 0.5 * CHANNELS[name].low)
        return np.exp(carried(np.log(kept), timeline))
    return carried(curve, timeline)


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
