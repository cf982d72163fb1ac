"""Probabilities of beats and downbeats, fifty times per second."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from phosphene.song.filterbank import BANDS, FPS, RATE, bands
from phosphene.song.network import forward, load_weights

__all__ = ["FPS", "activations"]


def activations(
    samples: NDArray[np.float32],
    sample_rate: int = RATE,
    progress: Callable[[float], None] | None = None,
) -> NDArray[np.float32]:
    """Estimate the probabilities of beats and downbeats with the bundled network.

    Parameters
    ----------
    samples : np.ndarray, shape (n,), float32
        Mono.
    sample_rate : int
        In Hz; must be 22050, the rate to which every song is decoded.
    progress : callable, optional
        Called with the share done.

    Returns
    -------
    np.ndarray, shape (n_frames, 2), float32
        Probabilities of a beat (downbeats among them) and of a downbeat; frame k is centred at
        ``k / FPS`` seconds. Certain beats are triangles: 1 at the beat, and
        0.5 at 20 ms from it. Silence gives about 0.

    Raises
    ------
    ValueError
        If the sample rate is not 22050 Hz.
    """
    if sample_rate != RATE:
        raise ValueError(f"sample_rate is {sample_rate}; the network needs {RATE} Hz")
    # The network was trained on songs padded with silence; without it, it misses the first beat.
    silence = np.zeros((FPS, BANDS), np.float32)
    seen = np.concatenate([silence, *bands(samples, progress), silence])
    return forward(seen, load_weights())[FPS:-FPS]
