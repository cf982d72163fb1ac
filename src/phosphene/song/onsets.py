"""Detects onsets on 23 ms frames, then refines them to the sample."""

import numpy as np
from numpy.typing import NDArray

from phosphene.song.attack import attack
from phosphene.song.features import scale_of
from phosphene.song.song import hit_strengths
from phosphene.song.spectrum import HOP, LEAD

#: Of two attacks closer than this, only the stronger is kept.
MIN_GAP = 0.05
_AROUND = 0.05  # seconds around a peak for comparison; with twice that, one sound hides the next
_PROMINENCE = 0.07  # minimum prominence of a peak, as a share of a full hit
_FAINT_DB = 0.8  # absolute minimum; steady noise is below it
_RISE = 0.3  # minimum rise of the energy (35 %) at an attack
_RELEASE = -2.0  # if the plain energy falls below a seventh, a sound was cut off
_LOUD = 90  # percentile of the attacks' levels that counts as loud
_AUDIBLE = 0.02  # 34 dB below that
_SILENT = 1e-4  # 80 dB below full scale, for any song


def find_onsets(
    samples: NDArray[np.float32], sample_rate: int, curve: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Find the onsets of `samples`, shape (n,), by the peaks of its onset `curve`.

    Returns
    -------
    times : np.ndarray, shape (n_onsets,)
        Seconds, increasing, within 2 ms after a sharp attack and never before it.
    strengths : np.ndarray, shape (n_onsets,)
        0 to 1.
    """
    scale = scale_of(curve)
    around = round(_AROUND * sample_rate / HOP)
    peaks = pick_peaks(curve, around, max(_PROMINENCE * scale, _FAINT_DB))
    strengths = hit_strengths(curve / scale, peaks)
    guesses = (peaks - LEAD) * HOP / sample_rate
    hits = [attack(samples, sample_rate, guess) for guess in guesses]
    loud = np.percentile([hit.level for hit in hits], _LOUD) if hits else 0.0
    audible = max(_AUDIBLE * float(loud), _SILENT)
    end = len(samples) / sample_rate
    found = [
        (hit.time, float(strength))
        for hit, strength in zip(hits, strengths, strict=True)
        if hit.rise > _RISE
        and hit.growth > _RELEASE
        and hit.level > audible
        and 0 <= hit.time <= end
    ]
    return _apart(found)


def pick_peaks(curve: NDArray[np.float64], around: int, above: float) -> NDArray[np.intp]:
    """Peaks that exceed the mean of `around` frames on both sides.

    Of two equal neighbours the first is kept (Böck, Krebs and Schedl, ISMIR 2012, as in librosa).
    """
    sums = np.concatenate([[0.0], np.cumsum(curve)])
    frames = np.arange(len(curve))
    first, last = np.maximum(frames - around, 0), np.minimum(frames + around + 1, len(curve))
    means = (sums[last] - sums[first]) / (last - first)
    risen = np.diff(curve, prepend=-np.inf) >= 0
    kept: list[int] = []
    for frame in np.flatnonzero(risen & (curve >= means + above)).tolist():
        if not kept or frame > kept[-1] + 1:
            kept.append(frame)
    return np.array(kept, dtype=np.intp)


def _apart(
    found: list[tuple[float, float]],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Keep the stronger of any two onsets closer than `MIN_GAP`."""
    kept: list[tuple[float, float]] = []
    for time, strength in sorted(found):
        if kept and time - kept[-1][0] < MIN_GAP:
            if strength > kept[-1][1]:
                kept[-1] = (time, strength)
        else:
            kept.append((time, strength))
    times, strengths = np.array(kept, dtype=np.float64).reshape(-1, 2).T
    return times, strengths
