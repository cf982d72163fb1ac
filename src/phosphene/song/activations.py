"""How likely each fiftieth of a second of a song is a beat, and a downbeat."""

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
    """Hear where beats and downbeats are likely, by the bundled network.

    Parameters
    ----------
    samples : np.ndarray, shape (n,), float32
        Mono.
    sample_rate : int
        In Hz; 22050, what every song is decoded to.
    progress : callable, optional
        Told the share done.

    Returns
    -------
    np.ndarray, shape (n_frames, 2), float32
        Probabilities of a beat (downbeats among them) and of a downbeat; frame k is centred at
        ``k / FPS`` seconds. Where beats are sure they are triangles: 1 at the beat, a half 20 ms
        from it. Silence gives about 0.

    Raises
    ------
    ValueError
        If the sample rate is another one.
    """
    if sample_rate != RATE:
        raise ValueError(f"sample_rate {sample_rate} given; the network hears {RATE} Hz alone")
    # The network was taught on songs with silence around them: without it a first beat is not seen.
    silence = np.zeros((FPS, BANDS), np.float32)
    seen = np.concatenate([silence, *bands(samples, progress), silence])
    return forward(seen, load_weights())[FPS:-FPS]
