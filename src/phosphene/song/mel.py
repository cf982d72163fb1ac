"""The mel scale and its filters, as in Slaney's Auditory Toolbox and librosa.

They are reimplemented because importing librosa takes two seconds, and tested against librosa.
"""

import numpy as np
from numpy.typing import NDArray

_LINEAR = 200.0 / 3  # Hz per mel in the linear part
_KNEE = 1000.0  # Hz; above it the scale is logarithmic
_STEP = np.log(6.4) / 27  # natural logarithm of a mel's width in that part


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
