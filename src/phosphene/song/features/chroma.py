"""Chroma: the level of each of the twelve pitch classes."""

import warnings

import numpy as np
from librosa import estimate_tuning
from librosa.feature import chroma_stft
from numpy.typing import NDArray

from phosphene.song.audio.spectrum import piece_of
from phosphene.song.features.builtin import PITCHES
from phosphene.song.song import Feature, Song

_HOP = 2048  # 93 ms: harmony moves slowly
_WINDOW = 8192  # 2.7 Hz: resolves notes from 50 Hz up
_BLOCK = 256  # frames analysed at a time
_TUNED_BY = 30  # seconds in the middle of the song for estimating the tuning
_SHORT = 2048  # minimum number of samples for estimating the tuning
_ROBUST = 99.5


def features(song: Song) -> dict[str, Feature]:
    """Twelve levels, 0 to 1, where the loudest note of the song is 1."""
    chroma = _chroma(song.samples, song.sample_rate)
    full = float(np.percentile(chroma.max(axis=0), _ROBUST)) if chroma.size else 0.0
    shares = np.minimum(chroma / full, 1.0) if full > 0 else np.zeros_like(chroma)
    hop = _HOP / song.sample_rate
    return {
        f"chroma_{name}": Feature(row, hop, "level")
        for name, row in zip(PITCHES, shares, strict=True)
    }


def _chroma(samples: NDArray[np.float32], rate: int) -> NDArray[np.float64]:
    """Amplitude of each note in each frame, shape (12, n_frames); frame k is centred at k hops."""
    n_frames = 1 + len(samples) // _HOP
    chroma = np.zeros((12, n_frames))
    middle = max(len(samples) - _TUNED_BY * rate, 0) // 2
    piece = np.asarray(samples[middle : middle + _TUNED_BY * rate])
    if not piece.any():
        return chroma
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # unpitched sounds count as in tune
        tuning = estimate_tuning(y=np.pad(piece, (0, max(_SHORT - len(piece), 0))), sr=rate)
    for start in range(0, n_frames, _BLOCK):
        count = min(_BLOCK, n_frames - start)
        first = start * _HOP - _WINDOW // 2
        sound = piece_of(samples, first, (count - 1) * _HOP + _WINDOW)
        power = chroma_stft(
            y=sound, sr=rate, n_fft=_WINDOW, hop_length=_HOP, center=False, norm=None,
            tuning=tuning,
        )  # fmt: skip
        chroma[:, start : start + count] = np.sqrt(power)
    return chroma
