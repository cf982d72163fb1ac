"""The song's mel spectrogram and loudness, by blocks, so that an hour fits in memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import librosa.feature
import numpy as np
from numpy.typing import NDArray

HOP = 512
WINDOW = 2048
MELS = 128
#: Frames of silence before and after the song, so that a click in the very first or last
#: sample rises out of something, and pickers that look around them see both sides.
LEAD = 16
_BLOCK = 2048  # frames analysed at a time: 48 s
_RANGE_DB = 80.0


@dataclass(frozen=True, eq=False)
class Spectrum:
    """What the ear model sees; frame k is centred at ``(k - LEAD) * HOP`` samples.

    Parameters
    ----------
    mel_db : np.ndarray, shape (MELS, n_frames), float32
        Mel power in dB below the loudest cell of the whole song, down to -80.
    rms : np.ndarray, shape (n_frames,), float32
        Loudness of each frame.
    """

    mel_db: NDArray[np.float32]
    rms: NDArray[np.float32]


def spectrum(
    samples: NDArray[np.float32], sample_rate: int, progress: Callable[[float], None] | None = None
) -> Spectrum:
    """Compute the mel spectrogram and RMS of `samples`, shape (n,), with silence around them.

    `progress` is told the share done, 0 to 1.
    """
    n_frames = 1 + len(samples) // HOP + 2 * LEAD
    mel = np.empty((MELS, n_frames), np.float32)
    rms = np.empty(n_frames, np.float32)
    for start, piece in _pieces(samples, n_frames):
        frames = slice(start, start + _BLOCK)
        shape = {"hop_length": HOP, "center": False}
        mel[:, frames] = librosa.feature.melspectrogram(
            y=piece, sr=sample_rate, n_fft=WINDOW, n_mels=MELS, **shape
        )
        rms[frames] = librosa.feature.rms(y=piece, frame_length=WINDOW, **shape)[0]
        if progress:
            progress(min(frames.stop / n_frames, 1.0))
    # One reference for the whole song: per block, quiet parts would move as much as loud ones.
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
        piece = np.zeros((n - 1) * HOP + WINDOW, np.float32)
        lo, hi = max(first, 0), min(first + len(piece), len(samples))
        if lo < hi:
            piece[lo - first : hi - first] = samples[lo:hi]
        yield start, piece
