"""The beat network: probabilities of beats and downbeats, fifty times per second.

It reads the level of 81 frequency bands, with convolutions over frequency, then dilated ones over
time (Böck and Davies, "Deconstruct, Analyse, Reconstruct", ISMIR 2020). It runs in NumPy, because
importing torch would take longer than the analysis. `training.hearing` trains the weights.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from safetensors.numpy import load_file
from scipy.fft import rfft

from phosphene.song.audio.spectrum import piece_of

RATE = 22050
HOP = 441  # 50 frames per second
FPS = RATE // HOP
WINDOW = 2048
BANDS = 81
_LOWEST, _HIGHEST = 30.0, 10500.0
_LEVEL = 0.05  # root mean square to which every song is normalised
_GAIN = 2000.0  # gain of the compression log(1 + gain * x)
_BLOCK = 4096  # frames at a time: 82 s
WEIGHTS = Path(__file__).parents[2] / "models" / "hearing" / "beats.safetensors"
#: Strides of the convolutions over frequency: 81 bands become 27, 9 and 1.
STRIDES, PADDING = (3, 3, 1), (1, 0, 0)
_CONVOLVED = 1024  # frames per block of the convolutions over frequency

Array = NDArray[np.float32]
Weights = Mapping[str, Array]


def _filters() -> Array:
    """Triangular filters, evenly spaced in pitch, at least one bin wide; shape (n_bins, BANDS)."""
    edges = np.geomspace(_LOWEST, _HIGHEST, BANDS + 2) * WINDOW / RATE
    for i in range(1, len(edges)):
        edges[i] = max(edges[i], edges[i - 1] + 0.8)
    edges *= min(1.0, (WINDOW // 2) / edges[-1])
    bins = np.arange(WINDOW // 2 + 1)[:, None]
    lower, middle, upper = edges[:-2], edges[1:-1], edges[2:]
    rise, fall = (bins - lower) / (middle - lower), (upper - bins) / (upper - middle)
    weight = np.clip(np.minimum(rise, fall), 0, None)
    bank: NDArray[np.float32] = (weight / np.maximum(weight.sum(axis=0), 1e-9)).astype(np.float32)
    return bank


def level_of(samples: Array) -> float:
    """Root mean square of a song without its silence."""
    total, n = 0.0, 0
    for start in range(0, len(samples), RATE):
        power = float(np.dot(samples[start : start + RATE], samples[start : start + RATE]))
        length = len(samples[start : start + RATE])
        if power > 1e-8 * length:
            total, n = total + power, n + length
    return float(np.sqrt(total / n)) if n else 0.0


def bands(samples: Array) -> Iterator[Array]:
    """Yield the bands of a song, block by block, each of shape (n_frames, BANDS).

    Frame k is centred at ``k * HOP`` samples; there are ``1 + len(samples) // HOP`` frames.

    Parameters
    ----------
    samples : np.ndarray, shape (n,), float32
        Mono, at 22050 Hz.
    """
    filters, window = _filters(), np.hanning(WINDOW + 1)[:-1].astype(np.float32)
    gain = _LEVEL / max(level_of(samples), 1e-6) * 2 / window.sum()
    n_frames = 1 + len(samples) // HOP
    for start in range(0, n_frames, _BLOCK):
        n = min(_BLOCK, n_frames - start)
        first = start * HOP - WINDOW // 2
        piece = piece_of(samples, first, (n - 1) * HOP + WINDOW)
        frames = np.lib.stride_tricks.sliding_window_view(piece, WINDOW)[::HOP] * window
        power = np.abs(rfft(frames, axis=1)) @ filters
        yield np.log1p(_GAIN * gain * power).astype(np.float32)


def load_weights(path: Path = WEIGHTS) -> Weights:
    """Load the weights by name, as float32."""
    return {name: tensor.astype(np.float32) for name, tensor in load_file(path).items()}


def forward(bands: Array, weights: Weights) -> Array:
    """The probabilities of a beat and of a downbeat in each frame.

    Parameters
    ----------
    bands : np.ndarray, shape (n_frames, BANDS), float32
        From `bands`.
    weights : mapping of str to np.ndarray
        From `load_weights`.

    Returns
    -------
    np.ndarray, shape (n_frames, 2), float32
        0 to 1.
    """
    x = np.empty((len(bands), len(weights["out.weight"][0])), np.float32)
    reach = len(STRIDES)  # each reaches one frame to both sides
    for start in range(0, len(bands), _CONVOLVED):
        stop = min(start + _CONVOLVED, len(bands))
        first = max(start - reach, 0)
        seen = _over_pitch(bands[first : stop + reach], weights)
        x[start:stop] = seen[start - first : stop - first]
    n_layers = sum(name.startswith("mix.") for name in weights) // 2
    for i in range(n_layers):
        inner = _over_time(x, weights[f"time.{i}.weight"], 2**i) + weights[f"time.{i}.bias"]
        np.maximum(inner, 0, out=inner)
        x += inner @ weights[f"mix.{i}.weight"].T
        x += weights[f"mix.{i}.bias"]
    logits = np.maximum(x, 0, out=x) @ weights["out.weight"].T + weights["out.bias"]
    probabilities: NDArray[np.float32] = 1 / (1 + np.exp(-np.clip(logits, -40, 40)))
    return probabilities


def _over_pitch(bands: Array, weights: Weights) -> Array:
    """Convolve and rectify until one band remains; shape (n_frames, channels)."""
    x = bands[:, :, None]
    for i, (stride, padding) in enumerate(zip(STRIDES, PADDING, strict=True)):
        kernel = weights[f"pitch.{i}.weight"]  # (out, in, frames, bands)
        x = np.pad(x, ((1, 1), (padding, padding), (0, 0)))
        under = sliding_window_view(x, kernel.shape[2:], axis=(0, 1))[:, ::stride]
        n_frames, n_bands = under.shape[:2]
        rows = under.reshape(n_frames * n_bands, -1)
        x = rows @ kernel.reshape(len(kernel), -1).T + weights[f"pitch.{i}.bias"]
        x = np.maximum(x, 0, out=x).reshape(n_frames, n_bands, len(kernel))
    return x[:, 0]


def _over_time(x: Array, kernel: Array, dilation: int) -> Array:
    """A dilated convolution with zero padding; `kernel` has shape (out, in, taps)."""
    total = np.zeros((len(x), len(kernel)), np.float32)
    middle = kernel.shape[2] // 2
    for tap in range(kernel.shape[2]):
        shift = (tap - middle) * dilation
        if abs(shift) < len(x):
            into = slice(max(-shift, 0), len(x) - max(shift, 0))
            total[into] += x[max(shift, 0) : len(x) + min(shift, 0)] @ kernel[:, :, tap].T
    return total


def activations(samples: Array, sample_rate: int = RATE) -> Array:
    """Estimate the probabilities of beats and downbeats with the bundled network.

    Parameters
    ----------
    samples : np.ndarray, shape (n,), float32
        Mono.
    sample_rate : int
        In Hz; must be 22050, the rate to which every song is decoded.

    Returns
    -------
    np.ndarray, shape (n_frames, 2), float32
        Probabilities of a beat (downbeats among them) and of a downbeat; frame k is centred at
        ``k / FPS`` seconds. Certain beats are triangles: 1 at the beat, and
        0.5 at a distance of 20 ms. Silence gives about 0.

    Raises
    ------
    ValueError
        If the sample rate is not 22050 Hz.
    """
    if sample_rate != RATE:
        raise ValueError(f"sample_rate is {sample_rate}; the network needs {RATE} Hz")
    # The network was trained on songs padded with silence; without it, it misses the first beat.
    silence = np.zeros((FPS, BANDS), np.float32)
    seen = np.concatenate([silence, *bands(samples), silence])
    return forward(seen, load_weights())[FPS:-FPS]
