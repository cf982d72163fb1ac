"""The beat network in NumPy, because importing torch would take longer than the analysis.

Convolutions over frequency, then dilated ones over time (Böck and Davies, "Deconstruct, Analyse,
Reconstruct", ISMIR 2020). `training.hearing` trains the weights.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from safetensors.numpy import load_file

WEIGHTS = Path(__file__).parents[1] / "models" / "hearing" / "beats.safetensors"
#: Strides of the convolutions over frequency: 81 bands become 27, 9 and 1.
STRIDES, PADDING = (3, 3, 1), (1, 0, 0)
_BLOCK = 1024  # frames per block of the convolutions over frequency

Array = NDArray[np.float32]
Weights = Mapping[str, Array]


def load_weights(path: Path = WEIGHTS) -> Weights:
    """Load the weights by name, as float32."""
    return {name: tensor.astype(np.float32) for name, tensor in load_file(path).items()}


def forward(bands: Array, weights: Weights) -> Array:
    """The probabilities of a beat and of a downbeat in each frame.

    Parameters
    ----------
    bands : np.ndarray, shape (n_frames, BANDS), float32
        From `phosphene.song.filterbank.bands`.
    weights : mapping of str to np.ndarray
        From `load_weights`.

    Returns
    -------
    np.ndarray, shape (n_frames, 2), float32
        0 to 1.
    """
    x = np.empty((len(bands), len(weights["out.weight"][0])), np.float32)
    reach = len(STRIDES)  # each reaches one frame to both sides
    for start in range(0, len(bands), _BLOCK):
        stop = min(start + _BLOCK, len(bands))
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
    return 1 / (1 + np.exp(-np.clip(logits, -40, 40)))


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
