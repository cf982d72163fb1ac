"""The input and the output of a beat tracker, and what trackers share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from phosphene.authoring import read_only
from phosphene.song.audio.spectrum import frames_at
from phosphene.song.tempo import Times

_SILENCE = 0.01  # of the song's loudest RMS: 40 dB below
_LONGEST = 4  # longest run of silent beats that is counted through


@dataclass(frozen=True, eq=False)
class Sound:
    """The input of a beat tracker, read-only.

    Parameters
    ----------
    samples : np.ndarray, shape (n,), float32
        Mono, at `sample_rate`.
    sample_rate : int
        In Hz.
    curves : mapping of str to np.ndarray, shape (n_frames,), float64
        From `phosphene.song.features.onsets.onset_curves`: ``onset``, ``low``, ``mid`` and
        ``high``; frame k is centred at ``(k - LEAD) * HOP`` samples
        (`phosphene.song.audio.spectrum`).
    rms : np.ndarray, shape (n_frames,), float32
        Loudness on the same frames.
    onsets, onset_strengths : np.ndarray, shape (n_onsets,), float64
        Times in seconds at sample accuracy, and strengths from 0 to 1.
    """

    samples: NDArray[np.float32]
    sample_rate: int
    curves: Mapping[str, Times]
    rms: NDArray[np.float32]
    onsets: Times
    onset_strengths: Times

    def __post_init__(self) -> None:
        for name in ("samples", "rms", "onsets", "onset_strengths"):
            object.__setattr__(self, name, read_only(getattr(self, name).view()))
        curves = {name: read_only(curve.view()) for name, curve in self.curves.items()}
        object.__setattr__(self, "curves", MappingProxyType(curves))

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.sample_rate


@dataclass(frozen=True, eq=False)
class Pulse:
    """The beats and bars of a song; all empty or 0 if there are none.

    Parameters
    ----------
    beats : np.ndarray, shape (n_beats,), float64
        Seconds, strictly increasing.
    downbeats : np.ndarray, shape (n_bars,), float64
        The beats that begin a bar; bars may differ in length.
    tempo : float
        Beats per minute.
    confidence : float
        Reliability of the beats, from 0 (none) to 1 (a metronome).
    metre : int
        Number of beats in most of the bars.
    """

    beats: Times
    downbeats: Times
    tempo: float
    confidence: float
    metre: int


SILENCE = Pulse(np.zeros(0), np.zeros(0), 0.0, 0.0, 0)


def nearest_onset(beat: float, onsets: Times, strengths: Times, reach: float) -> float | None:
    """The best onset for a beat by distance and strength; None without one within `reach`."""
    lo, hi = np.searchsorted(onsets, [beat - reach, beat + reach])
    if lo == hi:
        return None
    near = 1 - np.abs(onsets[lo:hi] - beat) / (2 * reach)
    return float(onsets[lo + np.argmax(near * strengths[lo:hi])])


def usual_tempo(beats: Times) -> float:
    """Beats per minute, from the intervals within a tenth of the median.

    Parameters
    ----------
    beats : np.ndarray, shape (n_beats,)
        Seconds; at least two.
    """
    steps = np.diff(beats)
    # The lower median is an actual interval, so at least one is close to it.
    usual = np.quantile(steps, 0.5, method="lower")
    return float(60 / steps[np.abs(steps - usual) <= 0.1 * usual].mean())


def sounding(beats: Times, sound: Sound) -> NDArray[np.bool_]:
    """Which beats to keep: not those in silence at either end, or in more than four silent beats.

    Parameters
    ----------
    beats : np.ndarray, shape (n_beats,)
        Seconds.
    sound : Sound

    Returns
    -------
    np.ndarray, shape (n_beats,)
    """
    loud = sound.rms[frames_at(beats, sound.sample_rate)] > _SILENCE * sound.rms.max()
    kept: NDArray[np.bool_] = loud.copy()
    longest = (_LONGEST + 1.5) * np.median(np.diff(beats)) if len(beats) > 1 else 0.0
    for left, right in pairwise(np.flatnonzero(loud)):
        if beats[right] - beats[left] < longest:
            kept[left:right] = True
    return kept
