"""Tracks beats with librosa, and moves them to the nearest attacks."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from phosphene.song.pulse import SILENCE, Pulse, Sound, Times, usual_tempo
from phosphene.song.rests import sounding
from phosphene.song.spectrum import HOP
from phosphene.song.tracker import track, weight_at

METRE = 4  # beats per bar; other metres are not detected
_SNAP = 0.15  # how far a beat may move to an attack: share of a beat, and limit in seconds
_SNAP_SECONDS = 0.07
_FEWEST = 3  # beats; fewer do not make a pulse
_SUPPORT = 0.25  # minimum share of beats on an attack
_PHASE = 1.1  # how much heavier another phase must be to move bar 1 from the first beat


def find_beats(sound: Sound) -> Pulse:
    """Find the pulse of a song; `SILENCE` if at most a quarter of the beats are confirmed."""
    curves, rate, end = sound.curves, sound.sample_rate, sound.duration
    onsets, strengths = sound.onsets, sound.onset_strengths
    if len(onsets) < _FEWEST:
        return SILENCE
    curve = curves["onset"]
    period, tracked = track(curve, rate)
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


def _nearest(beat: float, onsets: Times, strengths: Times, snap: float) -> float | None:
    """The onset of a beat, near and strong; None if there is none within `snap`."""
    lo, hi = np.searchsorted(onsets, [beat - snap, beat + snap])
    if lo == hi:
        return None
    near = 1 - np.abs(onsets[lo:hi] - beat) / (2 * snap)
    return float(onsets[lo + np.argmax(near * strengths[lo:hi])])


def _snapped(
    beats: Times, onsets: Times, strengths: Times, snap: float
) -> tuple[Times, NDArray[np.bool_]]:
    """Move beats to their onsets, and space the others evenly in between."""
    found = [_nearest(beat, onsets, strengths, snap) for beat in beats]
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
            onset = _nearest(beat + step, onsets, strengths, snap)
            beat = beat + step if onset is None else onset
            row.append((beat, onset is not None))
        return row

    inside = list(zip(beats.tolist(), hit.tolist(), strict=True))
    row = onwards(beats[0], -usual)[::-1] + inside + onwards(beats[-1], usual)
    times, hits = zip(*row, strict=True)
    return np.array(times), np.array(hits)


def _phase(beats: Times, curves: Mapping[str, Times], rate: int) -> int:
    """Which of the first four beats begins a bar: the one with the heaviest bass and attacks."""
    weight = weight_at(curves["low"], beats, rate) + weight_at(curves["onset"], beats, rate)
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
