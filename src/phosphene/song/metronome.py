"""Beats and bars by rule: a steady tempo, and bars of one length."""

from dataclasses import replace

import numpy as np

from phosphene.song.pulse import Pulse, Times
from phosphene.song.tempo import NOMINAL_METRE

_PHASES = 256  # places within a beat that are tried
_NEAR = 0.06  # of a beat: how far beats may stray and still speak for a place


def at_bpm(pulse: Pulse, bpm: float, duration: float) -> Pulse:
    """A metronome that agrees with as many of the heard beats as it can.

    Parameters
    ----------
    pulse : Pulse
        As it was heard, perhaps at another tempo.
    bpm : float
        Beats per minute, throughout.
    duration : float
        Of the song, in seconds.

    Returns
    -------
    Pulse
        From the first beat that was heard to the last; over the whole song where none was.
    """
    period = 60.0 / bpm
    heard = pulse.beats
    if not len(heard):
        beats = np.arange(0.0, duration, period)
        return barred(replace(pulse, beats=beats, tempo=bpm), pulse.metre, beats[:1])
    # At twice the tempo off-beats are as many as beats; bars begin on beats.
    phase = _phase(np.concatenate([heard, pulse.downbeats]), period)
    first, last = np.rint((heard[[0, -1]] - phase) / period)
    beats = phase + period * np.arange(first, last + 1)
    beats = beats[(beats >= 0) & (beats <= duration)]
    return barred(replace(pulse, beats=beats, tempo=bpm), pulse.metre, pulse.downbeats)


def _phase(heard: Times, period: float) -> float:
    """Seconds, 0 to `period`, at which a metronome meets the most beats."""
    turns = heard / period % 1.0
    counts, _ = np.histogram(turns, _PHASES, (0.0, 1.0))
    # Every place counts the beats near it, around the circle.
    places = np.arange(_PHASES) / _PHASES
    near = np.exp(-0.5 * (np.minimum(places, 1.0 - places) / (_NEAR / 2)) ** 2)
    votes = np.fft.irfft(np.fft.rfft(counts) * np.fft.rfft(near), _PHASES)
    best = (int(np.argmax(votes)) + 0.5) / _PHASES
    away = (turns - best + 0.5) % 1.0 - 0.5
    return float((best + away[np.abs(away) <= _NEAR].mean()) % 1.0 * period)


def barred(pulse: Pulse, metre: int, downbeats: Times) -> Pulse:
    """Bars of one length, so that as many as can be of `downbeats` begin one.

    Parameters
    ----------
    pulse : Pulse
    metre : int
        Beats in a bar; 0 counts as 4.
    downbeats : np.ndarray, shape (n,)
        Seconds; each stands for the beat that is nearest to it. Where they disagree evenly, the
        first decides.
    """
    metre = metre or NOMINAL_METRE
    if not len(pulse.beats):
        return pulse
    middles = (pulse.beats[1:] + pulse.beats[:-1]) / 2
    phases = np.searchsorted(middles, downbeats) % metre
    counts = np.bincount(phases, minlength=metre)
    most = next((p for p in phases.tolist() if counts[p] == counts.max()), 0)
    return replace(pulse, downbeats=pulse.beats[most::metre], metre=metre)
