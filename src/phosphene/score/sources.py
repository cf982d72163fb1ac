"""Sources: what a modulator gives for the frames that are rendered, whatever it does."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np

from phosphene.authoring import strict, traced
from phosphene.errors import Bug, PhospheneError, PluginError, SongChanged
from phosphene.project import Layer, Source
from phosphene.score.answers import WrongAnswer, checked
from phosphene.score.carrying import carried, own_frames
from phosphene.score.channels import CHANNELS, Curve
from phosphene.score.gates import within
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
    """The curves of a modulator on the frames of `timeline`, whatever it gives or raises.

    Parameters
    ----------
    asked : Layer or Source
        What names the modulator.
    where : str
        Its entry in the project file, for errors.
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
        If the modulator fails, gives something that is no set of curves, or changes the song.
    Bug
        If that is one of Phosphene's own.
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
    except (KeyboardInterrupt, MemoryError):
        raise
    except PhospheneError as error:
        error.name_place(f"{where} ({asked.use})")
        raise
    except BaseException as error:  # a plugin may also raise SystemExit
        if strict():
            raise
        said = str(error) if isinstance(error, WrongAnswer) else f"failed: {_told(error)}"
        raise _blamed(asked, where, said) from error
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
            return modulator.curves_above(song, frames, _read_only(below))
        return modulator.curves(song, frames)


def _blamed(asked: Layer | Source, where: str, said: str) -> PhospheneError:
    """The error that names the entry, the modulator, and the plugin with its version and file."""
    if asked.plugin is None:
        return PluginError(f"{where}: the modulator '{asked.use}' {said}")
    about = f"{where}: the modulator '{asked.use}' of {asked.plugin.source} {said}"
    if asked.plugin.built_in:
        return Bug(about, "This is a mistake of Phosphene. Please report it with your project.")
    return PluginError(about, f"{asked.plugin.remedy} --skip-broken renders without the layer.")


def _told(error: BaseException) -> str:
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
        kept = np.maximum(curve, CHANNELS[name].low)
        return np.exp(carried(np.log(kept), timeline))
    return carried(curve, timeline)


def _read_only(below: dict[str, Curve]) -> dict[str, Curve]:
    views = {name: curve.view() for name, curve in below.items()}
    for view in views.values():
        view.setflags(write=False)
    return views


def _positions(modulator: Any, where: str) -> list[tuple[str, At]]:
    """Every position among a modulator's parameters, with the entry that it stands in."""
    found = []
    for name, value in modulator:
        inside = {str(key): key for key in value} if isinstance(value, dict) else {"": value}
        for key, position in inside.items():
            if isinstance(position, At):
                found.append((f'{where}.{name}."{key}"' if key else f"{where}.{name}", position))
    return found
