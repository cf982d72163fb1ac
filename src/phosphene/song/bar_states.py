"""The states that a bar pointer goes through: a beat of a metre, and how fast the next one comes.

After Krebs, Böck and Widmer, "An efficient state-space model for joint tempo and meter tracking",
ISMIR 2015; but a state is a whole beat, not a frame of one, so that there are few.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Indices = NDArray[np.intp]

SLOWEST, FASTEST = 50.0, 228.0  # BPM
#: Beats in a bar, and how much less likely than one of 4 each such bar is, as a logarithm.
METRES = {2: 0.3, 3: 0.2, 4: 0.0, 5: 1.0, 6: 1.0, 7: 1.5}
_STEP = 0.025  # from tempo to tempo, as a logarithm
_USUAL, _SPREAD = 115.0, 0.7  # BPM and octaves: where songs begin
_UNEVEN = 1.0  # frames by which a beat strays from its tempo
_UPBEAT = 0.5  # beginning inside of a bar is this much less likely


@dataclass(frozen=True, eq=False)
class BarStates:
    """All tempi and positions at a rate of frames.

    Parameters
    ----------
    rate : float
        Frames a second.
    periods : np.ndarray, shape (n_tempi,), float64
        Frames from beat to beat, increasing by the same ratio.
    lengths : np.ndarray, shape (n_tempi, 3), intp
        Whole frames that one beat may last.
    uneven : np.ndarray, shape (n_tempi, 3), float32
        Logarithm of how likely each of them is.
    rare : np.ndarray, shape (n_metres,), float32
        How much less likely than one of four beats a bar of each metre is, as a logarithm.
    firsts, lasts : np.ndarray, shape (n_metres,), intp
        Positions of the first and the last beat of each metre's bar.
    before : np.ndarray, shape (n_positions,), intp
        The position that comes before, in the same metre.
    downbeat : np.ndarray, shape (n_positions,), bool
        Which positions begin a bar.
    metre : np.ndarray, shape (n_positions,), intp
        Beats in the bar of each position.
    begin : np.ndarray, shape (n_tempi, n_positions), float32
        Logarithm of how likely a song begins there.
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
    """The states where there are `rate` frames a second."""
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
    # Beginning inside of a bar costs that part of it; the bar line then costs the next one.
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
