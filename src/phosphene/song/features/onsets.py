"""Onset strength, onsets, and attacks at sample accuracy."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from phosphene.song.audio.spectrum import HOP, LEAD, MELS, Spectrum, mel_frequencies, piece_of
from phosphene.song.song import Feature, hit_strengths

#: Upper edges in Hz; the last band ends at half the sample rate.
BANDS = {"low": 200.0, "mid": 2000.0, "high": np.inf}

#: If the loudest onsets are weaker than this (dB per frame), they are not scaled up to 1: steady
#: noise fluctuates by 1 dB, and must not look like drums.
_FAINT_DB = 3.0
_FAINT_RMS = 1e-5  # -100 dB
_BLOCK = 8192  # frames compared at a time
#: Percentile that counts as the maximum, so that one bang does not scale down the rest.
_ROBUST = 99.5
#: Of two attacks closer than this, only the stronger is kept.
MIN_GAP = 0.05
_AROUND = 0.05  # seconds around a peak for comparison; with twice that, one sound hides the next
_PROMINENCE = 0.07  # minimum prominence of a peak, as a share of a full hit
_LEAST_DB = 0.8  # absolute minimum; steady noise is below it
_LEAST_RISE = 0.3  # minimum rise of the energy (35 %) at an attack
_RELEASE = -2.0  # if the plain energy falls below a seventh, a sound was cut off
_LOUD = 90  # percentile of the attacks' levels that counts as loud
_AUDIBLE = 0.02  # 34 dB below that
_SILENT = 1e-4  # 80 dB below full scale, for any song
#: Search radius around the guess in seconds.
REACH = 0.06
#: Delay of every reported attack. A sound on the border of two video frames must not fall into
#: the earlier one, and resampling with its ringing and rounding can be up to 0.15 ms early.
LATE = 0.0003
_BESIDE = 0.010  # window before and after whose energies are compared
_ENVELOPE = 0.001  # length of the causal envelope that times the attack
_SHARE = 0.15  # share of the rise of the energy at which the sound begins
_FLOOR = 1e-3  # relative to the loudest energy nearby; below this it is ignored (-30 dB)


def onset_curves(spectrum: Spectrum, sample_rate: int) -> dict[str, NDArray[np.float64]]:
    """Return the mean rise of the mel spectrogram in dB per frame: ``onset`` and each of `BANDS`.

    Returns
    -------
    dict of np.ndarray, shape (n_frames,)
        On the spectrum's frames, including its leading and trailing silence.
    """
    mels = mel_frequencies(MELS + 2, sample_rate / 2)[1:-1]
    edges = [0, *(int(np.searchsorted(mels, top)) for top in BANDS.values())]
    ranges = dict(zip(BANDS, pairwise(edges), strict=True))
    return {
        name: rise(spectrum.mel_db[first:last])
        for name, (first, last) in {"onset": (0, MELS), **ranges}.items()
    }


def rise(mel_db: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the mean rise from frame to frame, over mel bands of shape (n_bands, n_frames)."""
    n_frames = mel_db.shape[1]
    curve = np.zeros(n_frames)
    for start in range(1, n_frames, _BLOCK):
        steps = np.diff(mel_db[:, start - 1 : start + _BLOCK], axis=1)
        curve[start : start + _BLOCK] = np.maximum(steps, 0.0).mean(axis=0)
    # The window's edge reaches a click two hops early, so one hop later is centred (measured on
    # clicks).
    return np.concatenate([[0.0], curve[:-1]])


def scale_of(curve: NDArray[np.float64]) -> float:
    """Return the rise in dB per frame that counts as a full hit in this song."""
    return max(float(np.percentile(curve[LEAD:-LEAD], _ROBUST)), _FAINT_DB)


def loudness(spectrum: Spectrum) -> float:
    """Return the RMS that counts as loud in this song."""
    return max(float(np.percentile(spectrum.rms[LEAD:-LEAD], _ROBUST)), _FAINT_RMS)


def features(
    spectrum: Spectrum, curves: dict[str, NDArray[np.float64]], sample_rate: int
) -> dict[str, Feature]:
    """Scale the curves to 0..1 by the song's robust maximum; silence gives zeros."""
    hop = HOP / sample_rate
    impulses = {
        name: Feature(np.minimum(curve[LEAD:-LEAD] / scale_of(curve), 1.0), hop, "impulse")
        for name, curve in curves.items()
    }
    return impulses | {
        "rms": Feature(np.minimum(spectrum.rms[LEAD:-LEAD] / loudness(spectrum), 1.0), hop, "level")
    }


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
    peaks = pick_peaks(curve, around, max(_PROMINENCE * scale, _LEAST_DB))
    strengths = hit_strengths(curve / scale, peaks)
    guesses = (peaks - LEAD) * HOP / sample_rate
    hits = [attack(samples, sample_rate, guess) for guess in guesses]
    loud = np.percentile([hit.level for hit in hits], _LOUD) if hits else 0.0
    audible = max(_AUDIBLE * float(loud), _SILENT)
    end = len(samples) / sample_rate
    found = [
        (hit.time, float(strength))
        for hit, strength in zip(hits, strengths, strict=True)
        if hit.rise > _LEAST_RISE
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
    width, short = round(_BESIDE * sample_rate), round(_ENVELOPE * sample_rate)
    centre, reach = round(guess * sample_rate), round(REACH * sample_rate)
    origin = centre - reach - 2 * width
    length = 2 * reach + 5 * width + 1
    sound = piece_of(samples, origin - 1, length).astype(np.float64)
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


def _running(signal: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate([[0.0], np.cumsum(signal**2)])


def _rises(sums: NDArray[np.float64], n: NDArray[np.intp], width: int) -> NDArray[np.float64]:
    """Log ratio of the energies of the `width` samples after and before each `n`."""
    after, before = sums[n + width] - sums[n], sums[n] - sums[n - width]
    floor = _FLOOR * max(after.max(), before.max()) + np.finfo(np.float64).tiny
    rise: NDArray[np.float64] = np.log((after + floor) / (before + floor))
    return rise
