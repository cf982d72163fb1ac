"""The analysis of a song: from a file to its onsets, beats, sections and features."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from phosphene.song.audio.reading import ANALYSIS_RATE, decode
from phosphene.song.audio.spectrum import spectrum
from phosphene.song.beats.trackers import Sound, TrackerSpec
from phosphene.song.features.onsets import features, find_onsets, onset_curves
from phosphene.song.song import Song
from phosphene.song.store.cache import Shelf
from phosphene.song.structure.sections import find_sections
from phosphene.song.structure.views import sketch_of

Progress = Callable[[str, float], None]
_ENOUGH = 1 << 22  # samples for estimating the DC offset: all those of three minutes


def analyse(
    path: Path, report: Progress, tracker: TrackerSpec, shelf: Shelf, track: int = 0
) -> Song:
    """Decode an audio file and detect its onsets, beats, bars, sections and feature curves.

    Parameters
    ----------
    path : Path
    report : callable
        Called with each stage and the share done.
    tracker : TrackerSpec
    shelf : Shelf
        The Song's shelf.
    track : int, optional
        Index of the audio track, from 0.

    Raises
    ------
    SongError
        If the file does not exist, is a folder, is not audio, or contains no sound.
    """
    report("decode", 0.0)
    decoded = decode(path, lambda share: report("decode", share), track)
    samples, rate = decoded.samples, ANALYSIS_RATE
    # Remove the DC offset. Not the mean, which would shift silence between claps away from zero.
    samples -= np.median(samples[:: 1 + len(samples) // _ENOUGH])
    report("spectrum", 0.0)
    seen = spectrum(samples, rate, lambda share: report("spectrum", share))
    curves = onset_curves(seen, rate)
    found = features(seen, curves, rate)
    rms, sketch = seen.rms, sketch_of(seen, rate)
    del seen  # 160 MB for two hours, and the tracker needs memory
    report("onsets", 0.0)
    onsets, strengths = find_onsets(samples, rate, curves["onset"])
    report("beats", 0.0)
    sound = Sound(samples, rate, curves, rms, onsets, strengths)
    pulse = tracker.track(sound)
    report("sections", 0.0)
    sections = find_sections(sound, sketch, pulse, decoded.duration)
    report("sections", 1.0)
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
        sections=sections,
        confidence=pulse.confidence,
        features=found,
        shelf=shelf,
    )
