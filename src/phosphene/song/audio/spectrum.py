"""The mel spectrogram and the RMS of a song, in blocks, so that an hour fits in memory.

The mel scale and its filters are those of Slaney's Auditory Toolbox and librosa. They are
reimplemented because importing librosa takes two seconds, and tested against librosa.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

HOP = 512
WINDOW = 2048
MELS = 128
#: Frames of silence before and after the song, so that a click in the first or last sample is a
#: rise, and peak picking has context on both sides.
LEAD = 16
_BLOCK = 512  # frames per block: 12 s, which fit into the CPU cache
_RANGE_DB = 80.0
_LINEAR = 200.0 / 3  # Hz per mel in the linear part
_KNEE = 1000.0  # Hz; above it the scale is logarithmic
_STEP = np.log(6.4) / 27  # natural logarithm of a mel's width in that part


@dataclass(frozen=True, eq=False)
class Spectrum:
    """The spectrogram and loudness; frame k is centred at ``(k - LEAD) * HOP`` samples.

    Parameters
    ----------
    mel_db : np.ndarray, shape (MELS, n_frames), float32
        Mel power in dB relative to the song's maximum, down to -80.
    rms : np.ndarray, shape (n_frames,), float32
        Loudness of each frame.
    """

    mel_db: NDArray[np.float32]
    rms: NDArray[np.float32]


def spectrum(
    samples: NDArray[np.float32], sample_rate: int, progress: Callable[[float], None] | None = None
) -> Spectrum:
    """Compute the mel spectrogram and RMS of `samples`, shape (n,), padded with silence.

    `progress` is called with the share done, 0 to 1.
    """
    from scipy.fft import rfft  # takes long to import

    n_frames = 1 + len(samples) // HOP + 2 * LEAD
    mel = np.empty((MELS, n_frames), np.float32)
    rms = np.empty(n_frames, np.float32)
    filters = mel_filters(sample_rate, WINDOW, MELS)
    window = np.hanning(WINDOW + 1)[:-1].astype(np.float32)
    for start, piece in _pieces(samples, n_frames):
        frames = slice(start, start + _BLOCK)
        seen = np.lib.stride_tricks.sliding_window_view(piece, WINDOW)[::HOP]
        rms[frames] = np.sqrt(np.einsum("ij,ij->i", seen, seen) / WINDOW)
        bins = rfft(seen * window, axis=1)
        mel[:, frames] = ((bins.real**2 + bins.imag**2) @ filters).T
        if progress:
            progress(min(frames.stop / n_frames, 1.0))
    # One reference for the entire song; per block, quiet parts would move as much as loud ones.
    loudest = max(float(mel.max()), float(np.finfo(np.float32).tiny))
    mel /= loudest
    np.maximum(mel, 10 ** (-_RANGE_DB / 10), out=mel)
    np.log10(mel, out=mel)
    mel *= 10
    return Spectrum(mel, rms)


def _pieces(
    samples: NDArray[np.float32], n_frames: int
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Yield the first frame of each block and the samples under all its windows."""
    for start in range(0, n_frames, _BLOCK):
        n = min(_BLOCK, n_frames - start)
        first = (start - LEAD) * HOP - WINDOW // 2
        yield start, piece_of(samples, first, (n - 1) * HOP + WINDOW)


def frames_at(times: NDArray[np.float64], sample_rate: int) -> NDArray[np.intp]:
    """Frames nearest to `times` in seconds."""
    return np.rint(times * sample_rate / HOP).astype(np.intp) + LEAD


def piece_of(samples: NDArray[np.float32], first: int, length: int) -> NDArray[np.float32]:
    """A copy of `length` samples from `first` on, padded with silence."""
    piece = np.zeros(length, np.float32)
    lo, hi = max(first, 0), min(first + length, len(samples))
    if lo < hi:
        piece[lo - first : hi - first] = samples[lo:hi]
    return piece


def mel_frequencies(count: int, highest: float) -> NDArray[np.float64]:
    """Frequencies evenly spaced in mels from 0 Hz to `highest`, shape (count,)."""
    knee = _KNEE / _LINEAR
    top = highest / _LINEAR if highest < _KNEE else knee + np.log(highest / _KNEE) / _STEP
    mels = np.linspace(0.0, top, count)
    return np.where(mels < knee, mels * _LINEAR, _KNEE * np.exp((mels - knee) * _STEP))


def mel_filters(rate: int, window: int, count: int) -> NDArray[np.float32]:
    """Triangular filters of area 1, up to half the rate; shape (window // 2 + 1, count)."""
    edges = mel_frequencies(count + 2, rate / 2)
    bins = np.fft.rfftfreq(window, 1 / rate)[:, None]
    lower, middle, upper = edges[:-2], edges[1:-1], edges[2:]
    triangles = np.minimum((bins - lower) / (middle - lower), (upper - bins) / (upper - middle))
    return (np.maximum(triangles, 0.0) * 2 / (upper - lower)).astype(np.float32)
