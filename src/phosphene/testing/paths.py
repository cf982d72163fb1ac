"""Whether curves for two frame rates are the same camera path in the same seconds."""

from __future__ import annotations

import numpy as np

from phosphene.score.channels import CHANNELS, Curve
from phosphene.testing.contract import ContractError

SHARE = 0.05  # of all that is travelled: how far two paths may differ ...
STEPS = 2.0  # ... beside so many of the largest steps, for what falls between two frames


def check_path(
    own: dict[str, Curve], other: dict[str, Curve], own_fps: float, other_fps: float
) -> None:
    """Compare what a modulator that is taken by interval gives for two frame rates.

    Parameters
    ----------
    own, other : dict of str to ndarray, shape (n_frames,)
        Values per frame at the project's fps, for frames at `own_fps` and `other_fps`.
    own_fps, other_fps : float
        `own_fps` is the project's.

    Raises
    ------
    ContractError
        If they differ by more than a step or two and a twentieth of all that is travelled.
    """
    for name, curve in own.items():
        channel = CHANNELS.get(name)
        if name not in other or name == "height" or (channel and not channel.per_frame):
            continue
        log = bool(channel and channel.multiplicative)
        one, two = (np.log(np.maximum(c, 1e-9)) if log else c for c in (curve, other[name]))
        seconds = int(min(len(one) / own_fps, len(two) / other_fps))
        path, rendered = _path(one, own_fps, seconds), _path(two, other_fps, seconds)
        step = float(np.abs(one).max(initial=0.0)) / own_fps
        allowed = STEPS * step + SHARE * float(np.abs(one).sum()) / own_fps + 1e-9
        apart = np.abs(path - rendered)
        if apart.max() > allowed:
            at = int(apart.argmax())
            raise ContractError(
                f"after {at} s '{name}' has added up to {rendered[at] * own_fps:.4g} at "
                f"{other_fps} fps, and to {path[at] * own_fps:.4g} at {own_fps} fps",
                "Leave by_interval out and read smooth curves at timeline.times; or make hits "
                "with phosphene.hits and levels with phosphene.on_frames.",
            )


def _path(values: Curve, fps: float, seconds: int) -> Curve:
    """What a curve has added up to after each whole second."""
    frames = np.round(np.arange(seconds + 1) * fps).astype(int)
    total: Curve = np.concatenate([[0.0], np.cumsum(values)])[frames] / fps
    return total
