"""The level of every semitone over time, in blocks, so that an hour fits in memory."""

import numpy as np
from numpy.typing import NDArray

from phosphene.song.audio.spectrum import piece_of

HOP = 4096  # 186 ms
_WINDOW = 8192
_BLOCK = 128  # frames
_LOWEST = 65.41  # Hz: C2
_OCTAVES = 5
_FINE = 3  # bins per semitone, for the tuning


def chroma(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """Amplitude of each pitch class, in tune with the song.

    Parameters
    ----------
    samples : ndarray, shape (n,)
    rate : int
        Hz.

    Returns
    -------
    ndarray, shape (n_frames, 12), float32
        Frame k is centred at ``k * HOP`` samples.
    """
    from scipy.fft import rfft  # takes long to import

    n_frames = 1 + len(samples) // HOP
    filters = _filters(rate)
    fine = np.empty((n_frames, 12 * _OCTAVES * _FINE), np.float32)
    window = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
    for start in range(0, n_frames, _BLOCK):
        count = min(_BLOCK, n_frames - start)
        first = start * HOP - _WINDOW // 2
        piece = piece_of(samples, first, (count - 1) * HOP + _WINDOW)
        frames = np.lib.stride_tricks.sliding_window_view(piece, _WINDOW)[::HOP]
        bins = rfft(frames * window, axis=1)[:, : len(filters)]
        fine[start : start + count] = np.sqrt((bins.real**2 + bins.imag**2) @ filters)
    # The offset with the most energy is the song's tuning, in thirds of a semitone.
    by_offset = fine.reshape(n_frames, -1, _FINE)
    tuning = int(np.argmax((by_offset.astype(np.float64) ** 2).sum(axis=(0, 1))))
    shifted = np.roll(fine, _FINE // 2 - tuning, axis=1).reshape(n_frames, _OCTAVES, 12, _FINE)
    summed: NDArray[np.float32] = shifted.sum(axis=(1, 3))
    return summed


def _filters(rate: int) -> NDArray[np.float32]:
    """Triangles on a logarithmic axis, shape (n_bins, 12 * octaves * fine)."""
    centres = _LOWEST * 2 ** ((np.arange(-1, 12 * _OCTAVES * _FINE + 1) - _FINE // 2) / 12 / _FINE)
    bins = np.fft.rfftfreq(_WINDOW, 1 / rate)
    bins = bins[bins < centres[-1] * 1.1][:, None]
    wide = rate / _WINDOW  # low triangles are at least a bin wide on each side
    lower = np.minimum(centres[:-2], centres[1:-1] - wide)
    upper = np.maximum(centres[2:], centres[1:-1] + wide)
    middle = centres[1:-1]
    triangles: NDArray[np.float64] = np.minimum(
        (bins - lower) / (middle - lower), (upper - bins) / (upper - middle)
    )
    return np.maximum(triangles, 0.0).astype(np.float32)
