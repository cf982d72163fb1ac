"""Locates attacks at sample accuracy, starting from a 23 ms frame."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Search radius around the guess in seconds.
REACH = 0.06
#: Delay of every reported attack. A sound on the border of two video frames must not fall into
#: the earlier one, and resampling with its ringing and rounding can be up to 0.15 ms early.
LATE = 0.0003
_RISE = 0.010  # window before and after whose energies are compared
_ENVELOPE = 0.001  # length of the causal envelope that times the attack
_SHARE = 0.15  # share of the rise of the energy at which the sound begins
_FLOOR = 1e-3  # relative to the loudest energy nearby; below this it is ignored (-30 dB)


@dataclass(frozen=True)
class Attack:
    """A possible attack.

    Parameters
    ----------
    time : float
        Seconds, `LATE` after the attack itself.
    rise : float
        Logarithm of the energy just after over just before, with emphasised highs; about 0 without
        an attack.
    growth : float
        The same for the plain energy; far below 0 where a sound is cut off with a click.
    level : float
        Root mean square of the samples just after.
    """

    time: float
    rise: float
    growth: float
    level: float


def attack(samples: NDArray[np.float32], sample_rate: int, guess: float) -> Attack:
    """Find the attack nearest to a guess, at sample resolution.

    First find the largest ratio of the energy just after to the energy just before. From there,
    find the first sample at which a causal envelope has completed `_SHARE` of its rise. The
    envelope only looks backwards, so it cannot rise before the sound.

    Parameters
    ----------
    samples : np.ndarray, shape (n,), float32
    sample_rate : int
        In Hz.
    guess : float
        Seconds; the attack is searched within `REACH` of it.
    """
    width, short = round(_RISE * sample_rate), round(_ENVELOPE * sample_rate)
    centre, reach = round(guess * sample_rate), round(REACH * sample_rate)
    origin = centre - reach - 2 * width
    sound = _slice(samples, origin - 1, centre + reach + 3 * width)
    # The difference emphasises the highs, where attacks are, over the bass, whose slow oscillation
    # would otherwise look like a rise.
    sums = _running(np.diff(sound))
    n = np.arange(2 * width, 2 * width + 2 * reach + 1)  # candidates, counted from origin
    rises = _rises(sums, n, width)
    nearness = 1.0 - 0.5 * np.abs(n - n[reach]) / reach
    best = int(np.argmax(rises * nearness))
    around = np.arange(n[best] - width // 4, n[best] + width + 1)
    envelope = sums[around + 1] - sums[around + 1 - short]
    base = (sums[n[best]] - sums[n[best] - width]) * short / width
    begun = int(around[np.argmax(envelope >= base + _SHARE * (envelope.max() - base))])
    plain = _running(sound[1:])
    return Attack(
        time=(origin + begun) / sample_rate + LATE,
        rise=float(rises[best]),
        growth=float(_rises(plain, np.array([begun]), width)[0]),
        level=float(np.sqrt((plain[begun + width] - plain[begun]) / width)),
    )


def _slice(samples: NDArray[np.float32], start: int, stop: int) -> NDArray[np.float64]:
    """Samples from `start` to `stop`, zero outside the song."""
    piece = np.zeros(stop - start)
    lo, hi = max(start, 0), min(stop, len(samples))
    if lo < hi:
        piece[lo - start : hi - start] = samples[lo:hi]
    return piece


def _running(signal: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate([[0.0], np.cumsum(signal**2)])


def _rises(sums: NDArray[np.float64], n: NDArray[np.intp], width: int) -> NDArray[np.float64]:
    """Log ratio of the energies of the `width` samples after and before each `n`."""
    after, before = sums[n + width] - sums[n], sums[n] - sums[n - width]
    floor = _FLOOR * max(after.max(), before.max()) + np.finfo(np.float64).tiny
    return np.log((after + floor) / (before + floor))
