"""The one law by which layers are mixed.

    value = base + amount * (op(base, m) - base)

Multiplicative channels (zoom) do it on the logarithm, so that `add` of zooms composes zooms.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from phosphene.score.channels import Channel, Curve

_SMALLEST = -700.0  # of a logarithm, far below the limit of any channel


@dataclass(frozen=True)
class Mix:
    """How a layer's curve meets what lies below it.

    Parameters
    ----------
    op : callable
        op(base, m, neutral), all in the domain in which the channel adds.
    gain : bool
        True where m is a plain factor rather than a value of the channel.
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
    """Fold one layer's curve into what lies below it.

    Parameters
    ----------
    channel : Channel
        The channel that both curves belong to.
    base, m : ndarray, shape (n_frames,)
        What lies below, and the layer's own curve: values of the channel, but for `multiply`,
        where m is a plain factor on the motion (zoom is raised to it).
    amount : float or ndarray, shape (n_frames,)
        0 is the identity, 1 the pure op.
    how : str
        A name in `MIXES`.

    Returns
    -------
    ndarray, shape (n_frames,)
    """
    law = MIXES[how]
    if not channel.multiplicative:
        mixed = base + amount * (law.op(base, m, channel.neutral) - base)
        return np.where(np.equal(amount, 0.0), base, mixed)  # m may be infinite where it is silent
    log_base = np.log(base)
    log_m = m if law.gain else np.log(np.maximum(m, channel.low))
    mixed = log_base + amount * (law.op(log_base, log_m, np.log(channel.neutral)) - log_base)
    mixed = np.exp(np.maximum(mixed, _SMALLEST))  # 0 would have no logarithm for the next layer
    return np.where(np.equal(amount, 0.0), base, mixed)


def routed(channel: Channel, envelope: Curve, reach: float, how: str) -> Curve:
    """An envelope as a curve of a channel.

    Parameters
    ----------
    channel : Channel
    envelope : ndarray, shape (n_frames,)
        0 at rest, 1 at a full hit.
    reach : float
        How far from rest a full hit takes the channel, in its own unit. Rest is the channel's
        neutral value, and 1 for `multiply`, where it is a factor. A multiplicative channel goes
        there on the logarithm, as it is mixed: half a hit and half an amount are the same, and
        its path at another frame rate is exact.
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
