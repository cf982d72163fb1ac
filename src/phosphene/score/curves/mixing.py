"""Mixes layers: value = base + amount * (op(base, m) - base).

Multiplicative channels (zoom) are mixed on the logarithm, so that `add` composes zooms.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from phosphene.score.channels import Channel, Curve

_SMALLEST = -700.0  # a logarithm, far below the limit of any channel


@dataclass(frozen=True)
class Mix:
    """How a layer's curve is combined with the value below it.

    Parameters
    ----------
    op : callable
        op(base, m, neutral), all in the domain in which the channel is additive.
    gain : bool
        Whether m is a factor rather than a value of the channel.
    """

    op: Callable[[Curve, Curve, float], Curve]
    gain: bool = False


MIXES: dict[str, Mix] = {
    "add": Mix(lambda base, m, neutral: base + (m - neutral)),
    "multiply": Mix(lambda base, m, neutral: base * m, gain=True),
    "replace": Mix(lambda base, m, neutral: m + 0.0 * base),
    "min": Mix(lambda base, m, neutral: np.minimum(base, m)),
    "max": Mix(lambda base, m, neutral: np.maximum(base, m)),
}


def mix(channel: Channel, base: Curve, m: Curve, amount: Curve | float, how: str) -> Curve:
    """Mix one layer's curve into the value below it.

    Parameters
    ----------
    channel : Channel
        The channel of both curves.
    base, m : ndarray, shape (n_frames,)
        The value below, and the layer's own curve. Both are values of the channel, except for
        `multiply`, where m is a factor on the motion (zoom is raised to its power).
    amount : float or ndarray, shape (n_frames,)
        0 ignores the layer, 1 applies it fully.
    how : str
        A name in `MIXES`.

    Returns
    -------
    ndarray, shape (n_frames,)
    """
    law = MIXES[how]
    if not channel.multiplicative:
        mixed = base + amount * (law.op(base, m, channel.neutral) - base)
        return np.where(np.equal(amount, 0.0), base, mixed)  # m may be infinite at amount 0
    log_base = np.log(base)
    log_m = m if law.gain else np.log(np.maximum(m, channel.low))
    mixed = log_base + amount * (law.op(log_base, log_m, np.log(channel.neutral)) - log_base)
    mixed = np.exp(np.maximum(mixed, _SMALLEST))  # the next layer needs the logarithm
    return np.where(np.equal(amount, 0.0), base, mixed)


def routed(channel: Channel, envelope: Curve, reach: float, how: str) -> Curve:
    """Convert an envelope to a curve of a channel.

    Parameters
    ----------
    channel : Channel
    envelope : ndarray, shape (n_frames,)
        0 at rest, 1 at a full hit.
    reach : float
        Change of the channel at a full hit, in its own unit, relative to its neutral value, or to
        1 for `multiply`, where it is a factor. Multiplicative channels interpolate on the
        logarithm, as in mixing: half a hit equals half an amount, and the path is exact at other
        frame rates.
    how : str
        A name in `MIXES`.

    Returns
    -------
    ndarray, shape (n_frames,)
    """
    if MIXES[how].gain:
        return 1.0 + reach * envelope
    if channel.multiplicative:
        full = max(channel.neutral + reach, channel.low)
        return channel.neutral * (full / channel.neutral) ** envelope
    return channel.neutral + reach * envelope
