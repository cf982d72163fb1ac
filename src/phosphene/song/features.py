"""Onset strength, in the full spectrum and in three bands, and loudness."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from phosphene.song.mel import mel_frequencies
from phosphene.song.song import Feature
from phosphene.song.spectrum import HOP, LEAD, MELS, Spectrum

#: Upper edges in Hz; the last band ends at half the sample rate.
BANDS = {"low": 200.0, "mid": 2000.0, "high": np.inf}

#: If the loudest onsets are weaker than this (dB per frame), they are not scaled up to 1: steady
#: noise fluctuates by 1 dB, and must not look like drums.
_FAINT_DB = 3.0
_FAINT_RMS = 1e-5  # -100 dB
_BLOCK = 8192  # frames compared at a time
_ROBUST = (
    99.5  # percentile that counts as the maximum, so that one bang does not scale down the rest
)


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
