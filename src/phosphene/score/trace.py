"""The trace of a composition: every number used in mixing the layers."""

from __future__ import annotations

from dataclasses import dataclass, field

from phosphene.score.channels import Curve


@dataclass(frozen=True)
class Step:
    """One layer mixed into one channel.

    Parameters
    ----------
    entry : str
        The layer's entry in the project file: `motion[1]`.
    use : str
        The layer's modulator.
    channel, mix : str
    base : ndarray, shape (n_frames,)
        The channel's value below the layer.
    m : ndarray, shape (n_frames,)
        The layer's own curve, in the channel's unit; with `multiply` a factor.
    amount : ndarray, shape (n_frames,)
        Amount of the layer, including its gates.
    result : ndarray, shape (n_frames,)
        The channel's value above the layer.
    """

    entry: str
    use: str
    channel: str
    mix: str
    base: Curve
    m: Curve
    amount: Curve
    result: Curve


@dataclass
class Trace:
    """Filled by `compose` on request; frames count from the song's start.

    Parameters
    ----------
    steps : list of Step
        In the order of mixing.
    silent : list of str
        The layers silenced by `mute` or by another layer's `solo`.
    clamped : dict of str to ndarray, shape (n_frames,)
        Every channel after the last layer, clamped to its limits; per frame at the project's fps.
    values : dict of str to ndarray, shape (n_frames,)
        The same at the rendered fps and size, as in the Score.
    """

    steps: list[Step] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    clamped: dict[str, Curve] = field(default_factory=dict)
    values: dict[str, Curve] = field(default_factory=dict)
