"""Constant beats and bars: a steady tempo, and bars of one length."""

from dataclasses import replace

import numpy as np

from phosphene.song.pulse import Pulse, Times
from phosphene.song.tempo import NOMINAL_METRE

_PHASES = 256  # phases that are tried
_NEAR = 0.06  # of a beat: tolerance for beats that support a phase


def at_bpm(pulse: Pulse, bpm: float, duration: float) -> Pulse:
    """A metronome that agrees with as many detected beats as possible.

    Parameters
    ----------
    pulse : Pulse
        As detected, possibly at another tempo.
    bpm : float
        Beats per minute, throughout.
    duration : float
        Duration of the song in seconds.

    Returns
    -------
    Pulse
        From the first detected beat to the last; over the entire song if there are none.
    """
    period = 60.0 / bpm
    heard = pulse.beats
    if not len(heard):
        beats = np.arange(0.0, duration, period)
        return barred(replace(pulse, beats=beats, tempo=bpm), pulse.metre, beats[:1])
    # At double tempo there are as many off-beats as beats, so align with the downbeats.
    phase = _phase(np.concatenate([heard, pulse.downbeats]), period)
    first, last = np.rint((heard[[0, -1]] - phase) / period)
    beats = phase + period * np.arange(first, last + 1)
    beats = beats[(beats >= 0) & (beats <= duration)]
    return barred(replace(pulse, beats=beats, tempo=bpm), pulse.metre, pulse.downbeats)


def _phase(heard: Times, period: float) -> float:
    """Phase in seconds, 0 to `period`, at which a metronome matches the most beats."""
    turns = heard / period % 1.0
    counts, _ = np.histogram(turns, _PHASES, (0.0, 1.0))
    # Each phase counts the beats near it, on a circle.
    places = np.arange(_PHASES) / _PHASES
    near = np.exp(-0.5 * (np.minimum(places, 1.0 - places) / (_NEAR / 2)) ** 2)
    votes = np.fft.irfft(np.fft.rfft(counts) * np.fft.rfft(near), _PHASES)
    best = (int(np.argmax(votes)) + 0.5) / _PHASES
    away = (turns - best + 0.5) % 1.0 - 0.5
    return float((best + away[np.abs(away) <= _NEAR].mean()) % 1.0 * period)


def barred(pulse: Pulse, metre: int, downbeats: Times) -> Pulse:
    """Bars of one length that begin on as many `downbeats` as possible.

    Parameters
    ----------
    pulse : Pulse
    metre : int
        Beats per bar; 0 counts as 4.
    downbeats : np.ndarray, shape (n,)
        Seconds; each refers to the nearest beat. In a tie, the first decides.
    """
    metre = metre or NOMINAL_METRE
    if not len(pulse.beats):
        return pulse
    middles = (pulse.beats[1:] + pulse.beats[:-1]) / 2
    phases = np.searchsorted(middles, downbeats) % metre
    counts = np.bincount(phases, minlength=metre)
    most = next((p for p in phases.tolist() if counts[p] == counts.max()), 0)
    return replace(pulse, downbeats=pulse.beats[most::metre], metre=metre)
