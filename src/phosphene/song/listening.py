"""Listen to a song: the one way from an audio file to a `Song`."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from phosphene.song.beats import METRE, find_beats
from phosphene.song.decode import ANALYSIS_RATE, decode
from phosphene.song.features import features, onset_curves
from phosphene.song.onsets import find_onsets
from phosphene.song.song import Song
from phosphene.song.spectrum import spectrum

Progress = Callable[[str, float], None]


def _quiet(stage: str, share: float) -> None:
    """Report nothing."""


def listen(path: Path, progress: Progress | None = None) -> Song:
    """Decode an audio file and hear its onsets, beats, bars and feature curves.

    Parameters
    ----------
    path : Path
        Anything that libsndfile or ffmpeg reads.
    progress : callable, optional
        Called with the stage (``"decode"``, ``"spectrum"``, ``"onsets"``, ``"beats"``) and the
        share of it done, 0 to 1.

    Raises
    ------
    SongError
        If there is no such file, or it is a folder, is not audio, or holds no sound.
    """
    path, tell = Path(path), progress or _quiet
    tell("decode", 0.0)
    decoded = decode(path)
    samples, rate = decoded.samples, ANALYSIS_RATE
    # A constant offset is no sound. Not the mean: that would lift silence between claps off zero.
    samples -= np.median(samples)
    seen = spectrum(samples, rate, lambda share: tell("spectrum", share))
    curves = onset_curves(seen, rate)
    tell("onsets", 0.0)
    onsets, strengths = find_onsets(samples, rate, curves["onset"])
    tell("beats", 0.0)
    pulse = find_beats(curves, seen.rms, onsets, strengths, rate, len(samples) / rate)
    tell("beats", 1.0)
    return Song(
        path=path,
        samples=samples,
        sample_rate=rate,
        duration=decoded.duration,
        tempo=pulse.tempo,
        beats=pulse.beats,
        downbeats=pulse.downbeats,
        onsets=onsets,
        onset_strengths=strengths,
        metre=METRE if len(pulse.beats) else 0,
        sections=(),
        confidence=pulse.confidence,
        features=features(seen, curves, rate),
    )
