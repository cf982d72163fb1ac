"""The pulse of a song: what a tracker is given, and what it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from phosphene.authoring import read_only

Times = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Sound:
    """A song before its beats are known; all of it is read-only.

    Parameters
    ----------
    samples : np.ndarray, shape (n,), float32
        Mono, at `sample_rate`.
    sample_rate : int
        In Hz.
    curves : mapping of str to np.ndarray, shape (n_frames,), float64
        Of `phosphene.song.features.onset_curves`: ``onset``, ``low``, ``mid`` and ``high``; frame
        k is centred at ``(k - LEAD) * HOP`` samples (`phosphene.song.spectrum`).
    rms : np.ndarray, shape (n_frames,), float32
        Loudness on the same frames.
    onsets, onset_strengths : np.ndarray, shape (n_onsets,), float64
        Seconds, timed to the sample, and how strong each is, 0 to 1.
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
    """The beats and bars of a song; all empty or 0 where there are none.

    Parameters
    ----------
    beats : np.ndarray, shape (n_beats,), float64
        Seconds, strictly increasing.
    downbeats : np.ndarray, shape (n_bars,), float64
        The beats that begin a bar; bars may differ in length.
    tempo : float
        Beats per minute.
    confidence : float
        How far to trust the beats, from 0 (none heard) to 1 (a metronome).
    metre : int
        Beats in most of the bars.
    """

    beats: Times
    downbeats: Times
    tempo: float
    confidence: float
    metre: int


SILENCE = Pulse(np.zeros(0), np.zeros(0), 0.0, 0.0, 0)


def usual_tempo(beats: Times) -> float:
    """Beats per minute, over the intervals within a tenth of the usual one.

    Parameters
    ----------
    beats : np.ndarray, shape (n_beats,)
        Seconds; two at least.
    """
    steps = np.diff(beats)
    usual = np.quantile(steps, 0.5, method="lower")  # one of them, so that one is near it
    return float(60 / steps[np.abs(steps - usual) <= 0.1 * usual].mean())
