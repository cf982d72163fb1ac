"""The analysis of a song: from a file to all that is heard in it at once."""

from pathlib import Path

import numpy as np

from phosphene.song.decode import ANALYSIS_RATE, decode
from phosphene.song.features import features, onset_curves
from phosphene.song.listening import Progress
from phosphene.song.onsets import find_onsets
from phosphene.song.shelf import Shelf
from phosphene.song.song import Song
from phosphene.song.spectrum import spectrum
from phosphene.song.trackers import Sound, TrackerSpec

_ENOUGH = 1 << 22  # samples that tell the constant offset: all those of three minutes


def analyse(path: Path, tell: Progress, tracker: TrackerSpec, shelf: Shelf, track: int = 0) -> Song:
    """Decode an audio file and hear its onsets, beats, bars and feature curves.

    Parameters
    ----------
    path : Path
    tell : callable
        Called with each stage and the share of it done.
    tracker : TrackerSpec
    shelf : Shelf
        Of the Song.
    track : int, optional
        Which of the file's audio tracks, from 0.

    Raises
    ------
    SongError
        If there is no such file, or it is a folder, is not audio, or holds no sound.
    """
    tell("decode", 0.0)
    decoded = decode(path, lambda share: tell("decode", share), track)
    samples, rate = decoded.samples, ANALYSIS_RATE
    # A constant offset is no sound. Not the mean: that would lift silence between claps off zero.
    samples -= np.median(samples[:: 1 + len(samples) // _ENOUGH])
    tell("spectrum", 0.0)
    seen = spectrum(samples, rate, lambda share: tell("spectrum", share))
    curves = onset_curves(seen, rate)
    heard = features(seen, curves, rate)
    rms = seen.rms
    del seen  # of two hours it holds 160 MB, and the tracker needs room
    tell("onsets", 0.0)
    onsets, strengths = find_onsets(samples, rate, curves["onset"])
    tell("beats", 0.0)
    pulse = tracker.track(Sound(samples, rate, curves, rms, onsets, strengths))
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
        metre=pulse.metre,
        sections=(),
        confidence=pulse.confidence,
        features=heard,
        shelf=shelf,
    )
