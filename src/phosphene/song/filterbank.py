"""Input of the beat network: levels of 81 frequency bands, fifty times per second."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft

RATE = 22050
HOP = 441  # 50 frames per second
FPS = RATE // HOP
WINDOW = 2048
BANDS = 81
_LOWEST, _HIGHEST = 30.0, 10500.0
_LEVEL = 0.05  # root mean square to which every song is normalised
_GAIN = 2000.0  # gain of the compression log(1 + gain * x)
_BLOCK = 4096  # frames at a time: 82 s


def _filters() -> NDArray[np.float32]:
    """Triangular filters, evenly spaced in pitch, at least one bin wide; shape (n_bins, BANDS)."""
    edges = np.geomspace(_LOWEST, _HIGHEST, BANDS + 2) * WINDOW / RATE
    for i in range(1, len(edges)):
        edges[i] = max(edges[i], edges[i - 1] + 0.8)
    edges *= min(1.0, (WINDOW // 2) / edges[-1])
    bins = np.arange(WINDOW // 2 + 1)[:, None]
    lower, middle, upper = edges[:-2], edges[1:-1], edges[2:]
    rise, fall = (bins - lower) / (middle - lower), (upper - bins) / (upper - middle)
    weight = np.clip(np.minimum(rise, fall), 0, None)
    return (weight / np.maximum(weight.sum(axis=0), 1e-9)).astype(np.float32)


def level_of(samples: NDArray[np.float32]) -> float:
    """Root mean square of a song without its silence."""
    total, n = 0.0, 0
    for start in range(0, len(samples), RATE):
        power = float(np.dot(samples[start : start + RATE], samples[start : start + RATE]))
        length = len(samples[start : start + RATE])
        if power > 1e-8 * length:
            total, n = total + power, n + length
    return float(np.sqrt(total / n)) if n else 0.0


def bands(
    samples: NDArray[np.float32], progress: Callable[[float], None] | None = None
) -> Iterator[NDArray[np.float32]]:
    """Yield the bands of a song, block by block, each of shape (n_frames, BANDS).

    Frame k is centred at ``k * HOP`` samples; there are ``1 + len(samples) // HOP`` frames.

    Parameters
    ----------
    samples : np.ndarray, shape (n,), float32
        Mono, at 22050 Hz.
    progress : callable, optional
        Called with the share done.
    """
    filters, window = _filters(), np.hanning(WINDOW + 1)[:-1].astype(np.float32)
    gain = _LEVEL / max(level_of(samples), 1e-6) * 2 / window.sum()
    n_frames = 1 + len(samples) // HOP
    for start in range(0, n_frames, _BLOCK):
        n = min(_BLOCK, n_frames - start)
        first = start * HOP - WINDOW // 2
        piece = np.zeros((n - 1) * HOP + WINDOW, np.float32)
        lo, hi = max(first, 0), min(first + len(piece), len(samples))
        piece[lo - first : hi - first] = samples[lo:hi]
        frames = np.lib.stride_tricks.sliding_window_view(piece, WINDOW)[::HOP] * window
        power = np.abs(rfft(frames, axis=1)) @ filters
        yield np.log1p(_GAIN * gain * power).astype(np.float32)
        if progress:
            progress((start + n) / n_frames)
