"""The most likely beats and bars under activations, by a pointer that goes through `bar_states`."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phosphene.song.bar_states import bar_states
from phosphene.song.bar_trellis import Evidence, State, Trellis

_WINDOW = 60.0  # seconds searched at a time; what was a window ago has been settled
_BIAS = 1.5  # added to the log odds of a beat: what is as likely as not is one
_LEAST, _MOST = -2.5, 6.0  # what one beat may count
_BARS = 2.0  # how much what tells bars counts beside what tells beats
_SURE = 0.8  # and less where what is taken for a downbeat is so less surely than this
_USUAL = 1 / 3  # of all that is taken for a beat, at least so much is taken for a downbeat
_UNSURE = 0.04  # no activation tells a downbeat from another beat more surely


@dataclass(frozen=True, eq=False)
class Beats:
    """Beats on the frames of the activations.

    Parameters
    ----------
    frames : np.ndarray, shape (n_beats,), intp
    downbeat : np.ndarray, shape (n_beats,), bool
        Which of them begin a bar.
    metres : np.ndarray, shape (n_beats,), intp
        How many beats the bar has that each lies in.
    """

    frames: NDArray[np.intp]
    downbeat: NDArray[np.bool_]
    metres: NDArray[np.intp]


def follow(
    activations: NDArray[np.floating],
    rate: float,
    progress: Callable[[float], None] | None = None,
) -> Beats:
    """Find the most likely beats and bars.

    Parameters
    ----------
    activations : np.ndarray, shape (n_frames, 2)
        How likely a beat, and a downbeat, is in each frame, 0 to 1; a downbeat is a beat too.
    rate : float
        Frames a second.
    progress : callable, optional
        Told the share done.
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
    """What a beat counts in each frame, and what more if it begins a bar, and if it does not."""
    beat = np.clip(activations[:, 0].astype(np.float64), 1e-4, 1 - 1e-4)
    odds = np.clip(np.log(beat / (1 - beat)) + _BIAS, _LEAST, _MOST)
    share, taken = activations[:, 1] / beat, np.minimum(activations[:, 1], beat)
    # Where little tells bars, the fewest bars would be the best: as likely as elsewhere they are.
    usual = np.clip(taken.sum() / max(beat.sum(), 1e-4), _UNSURE, _USUAL)
    chance = share * (_USUAL / usual) * (1 - usual) / (1 - _USUAL)
    share = np.clip(chance / (1 + chance - share), _UNSURE, 1 - _UNSURE)
    # Clicks that are all alike differ by where in a frame they fall, and that comes round too.
    sure = (taken**2 / beat).sum() / max(taken.sum(), 1e-4)
    weight = _BARS * min(sure / _SURE, 1.0) ** 2 * beat
    down, up = weight * np.log(share), weight * np.log(1 - share)
    return Evidence(*(values.astype(np.float32) for values in (odds, down, up)))
