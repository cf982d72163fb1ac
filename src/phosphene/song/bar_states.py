"""The states of the bar pointer: the position in a bar, and the tempo to the next beat.

After Krebs, Böck and Widmer, "An efficient state-space model for joint tempo and meter tracking",
ISMIR 2015, but with one state per beat instead of per frame, so there are few.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Indices = NDArray[np.intp]

SLOWEST, FASTEST = 50.0, 228.0  # BPM
#: Beats per bar, and the log probability of such a bar relative to a bar of 4.
METRES = {2: 0.3, 3: 0.2, 4: 0.0, 5: 1.0, 6: 1.0, 7: 1.5}
_STEP = 0.025  # step between tempi, as a logarithm
_USUAL, _SPREAD = 115.0, 0.7  # BPM and octaves: prior of the initial tempo
_UNEVEN = 1.0  # deviation of a beat from its tempo in frames
_UPBEAT = 0.5  # log probability of beginning inside a bar


@dataclass(frozen=True, eq=False)
class BarStates:
    """All tempi and positions at a frame rate.

    Parameters
    ----------
    rate : float
        Frames per second.
    periods : np.ndarray, shape (n_tempi,), float64
        Frames from beat to beat, increasing by the same ratio.
    lengths : np.ndarray, shape (n_tempi, 3), intp
        Possible durations of one beat in frames.
    uneven : np.ndarray, shape (n_tempi, 3), float32
        Log probability of each duration.
    rare : np.ndarray, shape (n_metres,), float32
        Log probability of a bar of each metre relative to a bar of four beats.
    firsts, lasts : np.ndarray, shape (n_metres,), intp
        Positions of the first and the last beat of each metre's bar.
    before : np.ndarray, shape (n_positions,), intp
        The previous position in the same metre.
    downbeat : np.ndarray, shape (n_positions,), bool
        Whether a position begins a bar.
    metre : np.ndarray, shape (n_positions,), intp
        Number of beats in the bar of each position.
    begin : np.ndarray, shape (n_tempi, n_positions), float32
        Log probability that a song begins there.
    """

    rate: float
    periods: NDArray[np.float64]
    lengths: Indices
    uneven: Floats
    rare: Floats
    firsts: Indices
    lasts: Indices
    before: Indices
    downbeat: NDArray[np.bool_]
    metre: Indices
    begin: Floats


def bar_states(rate: float) -> BarStates:
    """The states for `rate` frames per second."""
    slowest, fastest = np.log(60 * rate / SLOWEST), np.log(60 * rate / FASTEST)
    periods = np.exp(np.arange(fastest, slowest, _STEP))
    lengths = np.rint(periods)[:, None] + [-1, 0, 1]
    uneven = -0.5 * ((lengths - periods[:, None]) / _UNEVEN) ** 2
    metres, rare = np.array(list(METRES)), np.array(list(METRES.values()))
    ends = np.cumsum(metres)
    firsts, lasts = ends - metres, ends - 1
    before = np.arange(ends[-1]) - 1
    before[firsts] = lasts
    downbeat = np.isin(np.arange(ends[-1]), firsts)
    tempo = -0.5 * (np.log2(60 * rate / periods / _USUAL) / _SPREAD) ** 2
    # Beginning inside a bar costs the corresponding part; the bar line then costs the next bar.
    left = np.repeat(ends, metres) - np.arange(ends[-1])
    place = -np.repeat(rare / metres, metres) * left - _UPBEAT * ~downbeat
    return BarStates(
        rate,
        periods,
        lengths.astype(np.intp),
        uneven.astype(np.float32),
        rare.astype(np.float32),
        firsts,
        lasts,
        before,
        downbeat,
        np.repeat(metres, metres),
        (tempo[:, None] + place).astype(np.float32),
    )
