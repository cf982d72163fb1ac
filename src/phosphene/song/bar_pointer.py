"""Finds the most probable beats and bars, given activations, with a bar pointer model."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phosphene.song.bar_states import bar_states
from phosphene.song.bar_trellis import Evidence, State, Trellis

_WINDOW = 60.0  # seconds per window; earlier windows are final
_BIAS = 1.5  # added to the log odds of a beat: even odds count as a beat
_LEAST, _MOST = -2.5, 6.0  # limit of the score of one beat
_BARS = 2.0  # weight of the evidence for bars relative to that for beats
_SURE = 0.8  # and less where downbeats are less certain than this
_USUAL = 1 / 3  # least share of the beat activation that counts as downbeats
_UNSURE = 0.04  # upper limit of the certainty of a downbeat


@dataclass(frozen=True, eq=False)
class Beats:
    """Beats on the frames of the activations.

    Parameters
    ----------
    frames : np.ndarray, shape (n_beats,), intp
    downbeat : np.ndarray, shape (n_beats,), bool
        Whether a beat begins a bar.
    metres : np.ndarray, shape (n_beats,), intp
        Number of beats in the bar of each beat.
    """

    frames: NDArray[np.intp]
    downbeat: NDArray[np.bool_]
    metres: NDArray[np.intp]


def follow(
    activations: NDArray[np.floating],
    rate: float,
    progress: Callable[[float], None] | None = None,
) -> Beats:
    """Find the most probable beats and bars.

    Parameters
    ----------
    activations : np.ndarray, shape (n_frames, 2)
        Probability of a beat and of a downbeat in each frame; downbeats are also beats.
    rate : float
        Frames per second.
    progress : callable, optional
        Called with the share done.
    """
    n_frames, window = len(activations), round(_WINDOW * rate)
    trellis = Trellis(_evidence(activations), bar_states(rate), window)
    found: list[State] = []
    for start in range(0, n_frames, window):
        stop = min(start + window, n_frames)
        trellis.advance(start, stop)
        path = trellis.trace(stop, start - window)
        settled = n_frames if stop == n_frames else start
        nearest = found[-1][0] + trellis.soonest if found else 0
        found += [state for state in path if nearest <= state[0] < settled]
        if progress:
            progress(stop / n_frames)
    frames = np.array([frame for frame, _, _ in found], dtype=np.intp)
    positions = np.array([position for _, _, position in found], dtype=np.intp)
    states = trellis.states
    return Beats(frames, states.downbeat[positions], states.metre[positions])


def _evidence(activations: NDArray[np.floating]) -> Evidence:
    """Score of a beat in each frame, and the addition if it begins a bar or not."""
    beat = np.clip(activations[:, 0].astype(np.float64), 1e-4, 1 - 1e-4)
    odds = np.clip(np.log(beat / (1 - beat)) + _BIAS, _LEAST, _MOST)
    share, taken = activations[:, 1] / beat, np.minimum(activations[:, 1], beat)
    # With weak evidence for bars, the fewest bars would score best; scale it to the usual share.
    usual = np.clip(taken.sum() / max(beat.sum(), 1e-4), _UNSURE, _USUAL)
    chance = share * (_USUAL / usual) * (1 - usual) / (1 - _USUAL)
    share = np.clip(chance / (1 + chance - share), _UNSURE, 1 - _UNSURE)
    # Equal clicks differ by their position within a frame, which also repeats periodically.
    sure = (taken**2 / beat).sum() / max(taken.sum(), 1e-4)
    weight = _BARS * min(sure / _SURE, 1.0) ** 2 * beat
    down, up = weight * np.log(share), weight * np.log(1 - share)
    return Evidence(*(values.astype(np.float32) for values in (odds, down, up)))
