"""The trace of a composition: every number that the fold used, kept for those who ask."""

from __future__ import annotations

from dataclasses import dataclass, field

from phosphene.score.channels import Curve


@dataclass(frozen=True)
class Step:
    """One layer folded into one channel.

    Parameters
    ----------
    entry : str
        Where the layer stands in the project file: `motion[1]`.
    use : str
        Its modulator.
    channel, mix : str
    base : ndarray, shape (n_frames,)
        The channel's value below the layer.
    m : ndarray, shape (n_frames,)
        The layer's own curve, in the channel's unit; with `multiply` a factor.
    amount : ndarray, shape (n_frames,)
        Share of the layer, its gates included.
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
    """What `compose` records when it is given one; frames count from the song's start.

    Parameters
    ----------
    steps : list of Step
        In the order of the fold.
    silent : list of str
        The layers that were left out, by `mute` or by another's `solo`.
    clamped : dict of str to ndarray, shape (n_frames,)
        Every channel after the last layer, within its limits; per frame at the project's fps.
    values : dict of str to ndarray, shape (n_frames,)
        The same at the fps and size that are rendered, as the Score has it.
    """

    steps: list[Step] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    clamped: dict[str, Curve] = field(default_factory=dict)
    values: dict[str, Curve] = field(default_factory=dict)
