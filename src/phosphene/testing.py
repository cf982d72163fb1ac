"""For the tests of plugins: a song whose beats are known, and a timeline for it."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from phosphene.score.timeline import Timeline, exact_fps
from phosphene.song.song import Feature, Song

HOP = 512 / 22050


def synthetic_song(
    duration: float = 8.0, bpm: float = 120.0, first_beat: float = 0.0, level: float = 0.5
) -> Song:
    """A song in memory, with a beat at every `60 / bpm` seconds; nothing is listened to.

    Parameters
    ----------
    duration : float
        Seconds.
    bpm : float
        Beats per minute; 0 for a song without beats and onsets.
    first_beat : float
        Seconds.
    level : float
        RMS, constant, 0 to 1.

    Returns
    -------
    Song
        In 4/4; every beat is an onset of strength 1, and an impulse in every band.
    """
    beats = np.arange(first_beat, duration - 1e-9, 60.0 / bpm) if bpm else np.empty(0)
    hops = int(duration / HOP) + 1
    impulses = np.zeros(hops)
    impulses[np.minimum(np.round(beats / HOP).astype(int), hops - 1)] = 1.0
    features = {name: Feature(impulses, HOP, "impulse") for name in ("onset", "low", "mid", "high")}
    return Song(
        path=None,
        samples=np.zeros(round(duration * 22050), np.float32),
        sample_rate=22050,
        duration=duration,
        tempo=bpm,
        beats=beats,
        downbeats=beats[::4],
        onsets=beats,
        onset_strengths=np.ones(len(beats)),
        metre=4 if bpm else 0,
        sections=(),
        confidence=1.0 if bpm else 0.0,
        features=features | {"rms": Feature(np.full(hops, level), HOP, "level")},
    )


def timeline(song: Song, fps: float | str = 15, project_fps: float | str | None = None) -> Timeline:
    """The frames of a song at `fps`, for a project at `project_fps` (default: the same)."""
    own: Fraction = exact_fps(fps if project_fps is None else project_fps)
    return Timeline(song, exact_fps(fps), own)
