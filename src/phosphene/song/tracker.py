"""librosa's beat tracker for long songs, in bounded memory and at the right tempo level."""

import librosa.feature
import numpy as np
from librosa.beat import beat_track
from numpy.typing import NDArray

from phosphene.song.spectrum import HOP, LEAD, frames_at

Times = NDArray[np.float64]

_START_BPM = 120.0  # BPM, centre of the tempo prior; 60 and 240 have 0.6 of its weight
_FASTEST_BPM = 200.0
_TEMPOGRAM = 384  # frames per tempogram window: 8.9 s, librosa's default
_BLOCK = 8192  # tempogram frames per block
_EVEN = 0.9  # off-beats this strong relative to beats mean that the true tempo is double


def weight_at(curve: Times, times: Times, rate: int) -> Times:
    """The total rise of the curve around each time; its peak would depend on the hops."""
    return curve[frames_at(times, rate)[:, None] + np.arange(-2, 3)].sum(axis=1)


def track(curve: Times, rate: int) -> tuple[float, Times]:
    """Track the beats of an onset curve, shape (n_frames,).

    Returns
    -------
    period : float
        Approximate seconds between beats.
    beats : np.ndarray, shape (n_beats,)
        Seconds, with a resolution of 23 ms; those at the ends are the least reliable.
    """
    bpm = _usual_tempo(curve, rate)
    beats = _beats_at(bpm, curve, rate)
    if 2 * bpm <= _FASTEST_BPM and len(beats) > 1:
        between = (beats[1:] + beats[:-1]) / 2
        on, off = (weight_at(curve, t, rate).mean() for t in (beats, between))
        if off > _EVEN * on:
            bpm *= 2
            beats = _beats_at(bpm, curve, rate)
    return 60 / bpm, beats


def _usual_tempo(curve: Times, rate: int) -> float:
    # Only the mean is needed; the tempogram of an hour takes 0.5 GB, and computing it 2 GB.
    total = np.zeros(_TEMPOGRAM)
    for start in range(0, len(curve), _BLOCK):
        block = curve[start : start + _BLOCK]
        total += librosa.feature.tempogram(
            onset_envelope=block, sr=rate, hop_length=HOP, win_length=_TEMPOGRAM
        ).sum(axis=1)
    mean = (total / len(curve))[:, None]
    tempo = librosa.feature.tempo(tg=mean, sr=rate, hop_length=HOP, start_bpm=_START_BPM)
    return float(tempo[0])


def _beats_at(bpm: float, curve: Times, rate: int) -> Times:
    _, frames = beat_track(onset_envelope=curve, sr=rate, hop_length=HOP, bpm=bpm, trim=False)
    inside = (frames >= LEAD) & (frames < len(curve) - LEAD)
    return (frames[inside] - LEAD) * HOP / rate
