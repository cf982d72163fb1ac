"""Layers: what a modulator gives, routed to channels and folded by the mixing law."""

from __future__ import annotations

import numpy as np

from phosphene.composing.doubts import Doubts
from phosphene.composing.gates import opened_between, opened_when, within
from phosphene.composing.sources import curves_of
from phosphene.errors import ProjectError
from phosphene.project.schema import Layer, Source
from phosphene.score.channels import CHANNELS, Curve
from phosphene.score.easing import keyed
from phosphene.score.mixing import MIXES, mix, routed
from phosphene.score.timeline import Timeline
from phosphene.score.trace import Step, Trace
from phosphene.song.song import Song


def fold(
    values: dict[str, Curve],
    layer: Layer,
    where: str,
    song: Song,
    timeline: Timeline,
    doubts: Doubts,
    trace: Trace | None = None,
) -> list[str]:
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
    doubts : Doubts
        Where what is probably not meant is noted.
    trace : Trace, optional
        Where every step is recorded.

    Returns
    -------
    list of str
        The channels that the layer moves.

    Raises
    ------
    ProjectError
        If a position lies outside of the song, `to` does not fit the modulator, or a channel is
        not finite with the layer.
    PluginError
        If the modulator fails, or gives something that is not a set of curves.
    """
    curves = _curves(layer, where, song, timeline, values)
    amount = amount_of(layer, where, song, timeline, values)
    doubts.of_layer(layer, where)
    for name, m in curves.items():
        channel, base = CHANNELS[name], values[name]
        result = values[name] = mix(channel, base, m, amount, layer.mix)
        require_finite(name, result, f"{where} ({layer.use})", doubts.shown)
        if not MIXES[layer.mix].gain:
            doubts.of_curve(channel, m, amount, layer, where)
        if trace is not None:
            trace.steps.append(Step(where, layer.use, name, layer.mix, base, m, amount, result))
    return list(curves)


def require_finite(name: str, values: Curve, culprit: str, shown: slice) -> None:
    """Refuse a channel that is not finite in a frame that is shown.

    Raises
    ------
    ProjectError
        With the first such frame, and the layer that caused it.
    """
    odd = np.flatnonzero(~np.isfinite(values[shown]))
    if len(odd):
        frame = shown.start + int(odd[0])
        raise ProjectError(
            f"{culprit}: {name} becomes {values[frame]} at frame {frame}; expected a number",
            "Lower its values, its amount, or how far `to` goes.",
        )


def _curves(
    layer: Layer, where: str, song: Song, timeline: Timeline, below: dict[str, Curve]
) -> dict[str, Curve]:
    """The layer's own curves by channel, checked: whatever a modulator gives or raises."""
    given = curves_of(layer, where, song, timeline, below)
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


def amount_of(
    layer: Layer, where: str, song: Song, timeline: Timeline, below: dict[str, Curve]
) -> Curve:
    """The share of a layer in every frame, its gates included; shape (n_frames,)."""
    amount = np.ones(timeline.n_frames)
    look = where.rpartition(".")[0] or where
    for place, share in ((f"{where}.amount", layer.amount), (f"{look}.amount", layer.share)):
        if isinstance(share, Source):
            amount = amount * _from(share, place, song, timeline, below)
            continue
        for position in share:
            within(timeline, position, f'{place}."{position}"')
        amount = amount * keyed(share, "linear", timeline, place)
    if layer.between is not None:
        amount = amount * opened_between(layer.between, where, timeline)
    if layer.when is not None:
        amount = amount * opened_when(layer.when, where, song, timeline)
    return amount


def _from(
    source: Source, where: str, song: Song, timeline: Timeline, below: dict[str, Curve]
) -> Curve:
    given = curves_of(source, where, song, timeline, below)
    if "value" not in given:
        raise ProjectError(
            f"{where}: '{source.use}' names its channels itself, and gives no envelope for an "
            "amount",
            "Use one that does: oscillator, noise, expression with `value`, beat, onset or level.",
        )
    envelope = given.get("height", given["value"])
    return source.at_rest + (source.at_full - source.at_rest) * envelope
