"""librosa's beat tracker over a whole song, in bounded memory and at the right level of tempo."""

import librosa.feature
import numpy as np
from librosa.beat import beat_track
from numpy.typing import NDArray

from phosphene.song.spectrum import HOP, LEAD, frames_at

Times = NDArray[np.float64]

_START_BPM = 120.0  # centre of the prior on tempo: 60 and 240 weigh 0.6 of it
_FASTEST_BPM = 200.0
_TEMPOGRAM = 384  # frames under one tempogram window: 8.9 s, librosa's default
_BLOCK = 8192  # frames of tempogram held at a time
_EVEN = 0.9  # off-beats this strong against the beats mean that the true pulse is twice as fast


def weight_at(curve: Times, times: Times, rate: int) -> Times:
    """How much the curve rises in all around each time; its peak alone depends on the hops."""
    return curve[frames_at(times, rate)[:, None] + np.arange(-2, 3)].sum(axis=1)


def track(curve: Times, rate: int) -> tuple[float, Times]:
    """Track the beats of an onset curve, shape (n_frames,).

    Returns
    -------
    period : float
        Seconds from beat to beat, about.
    beats : np.ndarray, shape (n_beats,)
        Seconds, to a hop of 23 ms; those at the ends are the least sure.
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
    # The tempogram of an hour would take 0.5 GB and its making 2 GB; its mean is all we need.
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
