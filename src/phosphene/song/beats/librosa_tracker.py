"""Tracks beats with librosa, and moves them to the nearest attacks."""

from collections.abc import Mapping

import librosa.feature
import numpy as np
from librosa.beat import beat_track
from numpy.typing import NDArray

from phosphene.song.audio.spectrum import HOP, LEAD, frames_at
from phosphene.song.beats.pulse import (
    SILENCE,
    Pulse,
    Sound,
    nearest_onset,
    sounding,
    usual_tempo,
)
from phosphene.song.tempo import Times

METRE = 4  # beats per bar; other metres are not detected
_SNAP = 0.15  # how far a beat may move to an attack: share of a beat, and limit in seconds
_SNAP_SECONDS = 0.07
_FEWEST = 3  # beats; fewer do not make a pulse
_SUPPORT = 0.25  # minimum share of beats on an attack
_PHASE = 1.1  # how much heavier another phase must be to move bar 1 from the first beat
_START_BPM = 120.0  # BPM, centre of the tempo prior; 60 and 240 have 0.6 of its weight
_FASTEST_BPM = 200.0
_TEMPOGRAM = 384  # frames per tempogram window: 8.9 s, librosa's default
_BLOCK = 8192  # tempogram frames per block
_EVEN = 0.9  # off-beats this strong relative to beats mean that the true tempo is double


def find_beats(sound: Sound) -> Pulse:
    """Find the pulse of a song; `SILENCE` if at most a quarter of the beats are confirmed."""
    curves, rate, end = sound.curves, sound.sample_rate, sound.duration
    onsets, strengths = sound.onsets, sound.onset_strengths
    if len(onsets) < _FEWEST:
        return SILENCE
    curve = curves["onset"]
    period, tracked = _tracked(curve, rate)
    snap = min(_SNAP * period, _SNAP_SECONDS)
    beats, hit = _snapped(tracked, onsets, strengths, snap)
    if hit.sum() < _FEWEST:
        return SILENCE
    beats, hit = _extended(beats, hit, onsets, strengths, snap, end)
    kept = sounding(beats, sound) & (beats >= 0) & (beats <= end)
    beats, hit = beats[kept], hit[kept]
    if len(beats) < _FEWEST or hit.mean() < _SUPPORT:
        return SILENCE
    return Pulse(
        beats=beats,
        downbeats=beats[_phase(beats, curves, rate) :: METRE],
        tempo=usual_tempo(beats),
        confidence=float(hit.mean() * _periodicity(curve, np.median(np.diff(beats)), rate)),
        metre=METRE,
    )


def _snapped(
    beats: Times, onsets: Times, strengths: Times, snap: float
) -> tuple[Times, NDArray[np.bool_]]:
    """Move beats to their onsets, and space the others evenly in between."""
    found = [nearest_onset(beat, onsets, strengths, snap) for beat in beats]
    hit = np.array([onset is not None for onset in found], dtype=bool)
    if not hit.any():
        return beats, hit
    index = np.arange(len(beats))
    anchors = np.array([onset for onset in found if onset is not None])
    return np.interp(index, index[hit], anchors), hit


def _extended(
    beats: Times, hit: NDArray[np.bool_], onsets: Times, strengths: Times, snap: float, end: float
) -> tuple[Times, NDArray[np.bool_]]:
    """Start and end on an onset, and extend beats from there to both ends of the song.

    The tracker omits beats at the ends, or adds one without evidence.
    """
    inner = slice(np.argmax(hit), len(hit) - np.argmax(hit[::-1]))
    beats, hit = beats[inner], hit[inner]
    usual = float(np.median(np.diff(beats)))

    def onwards(beat: float, step: float) -> list[tuple[float, bool]]:
        row = []
        while -snap <= beat + step <= end + snap:
            onset = nearest_onset(beat + step, onsets, strengths, snap)
            beat = beat + step if onset is None else onset
            row.append((beat, onset is not None))
        return row

    inside = list(zip(beats.tolist(), hit.tolist(), strict=True))
    row = onwards(beats[0], -usual)[::-1] + inside + onwards(beats[-1], usual)
    times, hits = zip(*row, strict=True)
    return np.array(times), np.array(hits)


def _phase(beats: Times, curves: Mapping[str, Times], rate: int) -> int:
    """Which of the first four beats begins a bar: the one with the heaviest bass and attacks."""
    weight = _weight_at(curves["low"], beats, rate) + _weight_at(curves["onset"], beats, rate)
    means = [weight[phase::METRE].mean() for phase in range(min(METRE, len(beats)))]
    best = int(np.argmax(means))
    return best if means[best] > _PHASE * means[0] else 0


def _periodicity(curve: Times, period: float, rate: int) -> float:
    """Autocorrelation of the onset curve one beat apart: 1 for a metronome, 0 for chance."""
    curve = np.convolve(
        curve - curve.mean(), np.ones(3), mode="same"
    )  # a beat may be between two hops
    lag = round(period * rate / HOP)
    return float(np.clip(curve[lag:] @ curve[:-lag] / (curve @ curve), 0, 1))


def _weight_at(curve: Times, times: Times, rate: int) -> Times:
    """The total rise of the curve around each time; its peak would depend on the hops."""
    rise: NDArray[np.float64] = curve[frames_at(times, rate)[:, None] + np.arange(-2, 3)].sum(
        axis=1
    )
    return rise


def _tracked(curve: Times, rate: int) -> tuple[float, Times]:
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
        on, off = (_weight_at(curve, t, rate).mean() for t in (beats, between))
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
    times: NDArray[np.float64] = (frames[inside] - LEAD) * HOP / rate
    return times
