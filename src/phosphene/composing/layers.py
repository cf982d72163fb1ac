"""Layers: a modulator's curves, routed to channels and mixed into them."""

from __future__ import annotations

import numpy as np

from phosphene.composing.calls import curves_of
from phosphene.composing.gates import opened_between, opened_when, within
from phosphene.composing.trace import Step, Trace
from phosphene.composing.warnings import Warnings
from phosphene.errors import ProjectError
from phosphene.project.motion import AmountSource, Layer
from phosphene.score.channels import CHANNELS, Curve
from phosphene.score.curves.easing import keyed
from phosphene.score.curves.mixing import MIXES, mix, routed
from phosphene.score.timeline import Timeline
from phosphene.song.song import Song


def fold(
    values: dict[str, Curve],
    layer: Layer,
    where: str,
    song: Song,
    timeline: Timeline,
    warnings: Warnings,
    trace: Trace | None = None,
) -> list[str]:
    """Mix one layer into the channels that it drives.

    Parameters
    ----------
    values : dict of str to ndarray, shape (n_frames,)
        Every channel's value below the layer; replaced for channels that the layer drives.
    layer : Layer
    where : str
        The layer's entry in the project file, for errors.
    song : Song
    timeline : Timeline
    warnings : Warnings
        Collects settings that are probably unintended.
    trace : Trace, optional
        Records every step.

    Returns
    -------
    list of str
        The channels that the layer drives.

    Raises
    ------
    ProjectError
        If a position is outside the song, `to` does not match the modulator, or a channel becomes
        infinite or NaN.
    PluginError
        If the modulator fails, or returns something that is not a set of curves.
    """
    curves = _curves(layer, where, song, timeline, values)
    amount = amount_of(layer, where, song, timeline, values)
    warnings.check_layer(layer, where)
    for name, m in curves.items():
        channel, base = CHANNELS[name], values[name]
        result = values[name] = mix(channel, base, m, amount, layer.mix)
        require_finite(name, result, f"{where} ({layer.use})", warnings.shown)
        if not MIXES[layer.mix].gain:
            warnings.check_curve(channel, m, amount, layer, where)
        if trace is not None:
            trace.steps.append(Step(where, layer.use, name, layer.mix, base, m, amount, result))
    return list(curves)


def require_finite(name: str, values: Curve, culprit: str, shown: slice) -> None:
    """Refuse a channel that is not finite in a shown frame.

    Raises
    ------
    ProjectError
        Names the first such frame, and the layer that caused it.
    """
    odd = np.flatnonzero(~np.isfinite(values[shown]))
    if len(odd):
        frame = shown.start + int(odd[0])
        raise ProjectError(
            f"{culprit}: {name} becomes {values[frame]} at frame {frame}; expected a number",
            "Lower its values, its `amount`, or the values in `to`.",
        )


def _curves(
    layer: Layer, where: str, song: Song, timeline: Timeline, below: dict[str, Curve]
) -> dict[str, Curve]:
    """The layer's own curves by channel, validated."""
    own = curves_of(layer, where, song, timeline, below)
    if "value" not in own:
        if layer.to:
            raise ProjectError(
                f"{where}.to: '{layer.use}' drives its channels directly "
                f"({', '.join(sorted(own))})",
                "Omit `to`; `amount` scales the layer.",
            )
        return own
    if not layer.to:
        raise ProjectError(
            f"{where}.to is missing: '{layer.use}' returns an envelope, and `to` sets which "
            "channels it drives and how far",
            "For instance: to = { zoom = 0.04, strength = -0.08 }",
        )
    curves = {}
    for name, reach in layer.to.items():
        channel = CHANNELS[name]
        envelope = own["value"] if channel.per_frame else own.get("height", own["value"])
        curves[name] = routed(channel, envelope, reach, layer.mix)
    return curves


def amount_of(
    layer: Layer, where: str, song: Song, timeline: Timeline, below: dict[str, Curve]
) -> Curve:
    """The amount of a layer in every frame, including its gates; shape (n_frames,)."""
    amount = np.ones(timeline.n_frames)
    look = where.rpartition(".")[0] or where
    for place, share in ((f"{where}.amount", layer.amount), (f"{look}.amount", layer.share)):
        if isinstance(share, AmountSource):
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
    source: AmountSource, where: str, song: Song, timeline: Timeline, below: dict[str, Curve]
) -> Curve:
    own = curves_of(source, where, song, timeline, below)
    if "value" not in own:
        raise ProjectError(
            f"{where}: '{source.use}' drives its channels directly, and has no envelope for an "
            "amount",
            "Use one that does: oscillator, noise, expression with `value`, beat, onset or level.",
        )
    envelope = own.get("height", own["value"])
    return source.at_rest + (source.at_full - source.at_rest) * envelope
