"""Layers: what a modulator gives, checked, routed to channels, and folded by the mixing law."""

from __future__ import annotations

from typing import Any

import numpy as np

from phosphene.errors import PhospheneError, PluginError, ProjectError
from phosphene.hints import hint
from phosphene.modulator import Modulator
from phosphene.project import Layer
from phosphene.score.carrying import carried, own_frames
from phosphene.score.channels import CHANNELS, Curve
from phosphene.score.easing import keyed
from phosphene.score.mixing import mix, routed
from phosphene.score.timeline import Timeline
from phosphene.score.units import At
from phosphene.song.song import Song


def fold(
    values: dict[str, Curve], layer: Layer, where: str, song: Song, timeline: Timeline
) -> None:
    """Fold one layer into the channels that it moves.

    Parameters
    ----------
    values : dict of str to ndarray, shape (n_frames,)
        Every channel's value below the layer; replaced where the layer moves it.
    layer : Layer
    where : str
        The layer's entry in the project file, for errors.
    song : Song
    timeline : Timeline

    Raises
    ------
    ProjectError
        If a position lies outside of the song, or `to` does not fit the modulator.
    PluginError
        If the modulator fails, or gives something that is no set of curves.
    """
    curves = _curves(layer, where, song, timeline, values)
    amount = _amount(layer, where, timeline)
    for name, m in curves.items():
        values[name] = mix(CHANNELS[name], values[name], m, amount, layer.mix)


def _curves(
    layer: Layer, where: str, song: Song, timeline: Timeline, below: dict[str, Curve]
) -> dict[str, Curve]:
    """The layer's own curves by channel, checked: whatever a modulator gives or raises."""
    given = _given(layer.modulator, layer.use, where, song, timeline, below)
    if "value" not in given:
        if layer.to:
            raise ProjectError(
                f"{where}.to: '{layer.use}' names its channels itself ({', '.join(sorted(given))})",
                "Leave `to` out; `amount` scales the layer.",
            )
        return given
    if not layer.to:
        raise ProjectError(
            f"{where}.to is missing: '{layer.use}' gives an envelope, and `to` says which "
            "channels it moves and how far",
            "For instance: to = { zoom = 0.04, strength = -0.08 }",
        )
    curves = {}
    for name, reach in layer.to.items():
        channel = CHANNELS[name]
        envelope = given["value"] if channel.per_frame else given.get("height", given["value"])
        curves[name] = routed(channel, envelope, reach, layer.mix)
    return curves


def _given(
    modulator: Modulator,
    use: str,
    where: str,
    song: Song,
    timeline: Timeline,
    below: dict[str, Curve],
) -> dict[str, Curve]:
    """What a modulator gives for the frames of `timeline`, checked."""
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
    array = np.asarray(curve, dtype=np.float64)
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


def _amount(layer: Layer, where: str, timeline: Timeline) -> Curve:
    for position in layer.amount:
        within(timeline, position, f'{where}.amount."{position}"')
    amount = keyed(layer.amount, "linear", timeline)
    if layer.between is None:
        return amount
    begin, end = (
        within(timeline, position, f"{where}.between[{k}]")
        for k, position in enumerate(layer.between)
    )
    if end <= begin:
        raise ProjectError(
            f"{where}.between: '{layer.between[1]}' ({end:.2f} s) does not come after "
            f"'{layer.between[0]}' ({begin:.2f} s)"
        )
    # By whole frames: the gate opens with the frame whose interval holds the position.
    frames = np.arange(timeline.n_frames)
    opened = (frames >= timeline.frame_of(begin)) & (frames < timeline.frame_of(end))
    return np.where(opened, amount, 0.0)


def _positions(modulator: Any, where: str) -> list[tuple[str, At]]:
    """Every position among a modulator's parameters, with the entry that it stands in."""
    found = []
    for name, value in modulator:
        inside = {str(key): key for key in value} if isinstance(value, dict) else {"": value}
        for key, position in inside.items():
            if isinstance(position, At):
                found.append((f'{where}.{name}."{key}"' if key else f"{where}.{name}", position))
    return found


def within(timeline: Timeline, position: At, where: str) -> float:
    """Seconds of a position; one outside of the song is an error that names its entry."""
    try:
        return timeline.at(position)
    except ProjectError as error:
        raise ProjectError(f"{where}: {error}", error.fix) from None
