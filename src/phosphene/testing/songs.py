"""A song in memory whose beats, metre, tempo, sections and features are known, and its frames."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from phosphene.score.timeline import Timeline, exact_fps
from phosphene.song.features.builtin import MODULES
from phosphene.song.song import Feature, Section, Song

SAMPLE_RATE = 22050
HOP = 512 / SAMPLE_RATE
"""Seconds from one value of its features to the next."""
#: Features with an impulse on every beat; all others are levels.
IMPULSES = ("onset", "low", "mid", "high", "kick", "snare", "hat")
LEVELS = (
    "rms",
    *(name for features in MODULES.values() for name in features if name not in IMPULSES),
)

#: The energy of a section of each role.
ENERGIES = {
    "intro": 0.2, "verse": 0.5, "build": 0.6, "drop": 1.0, "chorus": 0.9, "break": 0.1,
    "bridge": 0.5, "outro": 0.2,
}  # fmt: skip
#: A song with every role.
FORM = "intro verse build drop break chorus bridge outro"


def synthetic_song(
    duration: float = 8.0,
    bpm: float = 120.0,
    first_beat: float = 0.0,
    level: float = 0.5,
    metre: int = 4,
    sections: str = "",
) -> Song:
    """A song in memory, with a beat every `60 / bpm` seconds.

    Parameters
    ----------
    duration : float
        Seconds.
    bpm : float
        Beats per minute; 0 for a song without beats and onsets.
    first_beat : float
        Seconds; it is a downbeat.
    level : float
        RMS and every other level of the song, constant, 0 to 1.
    metre : int
        Beats in a bar.
    sections : str
        One letter per section, such as ``"ABA"``, or roles, such as ``"verse chorus verse"``; they
        share the song evenly. Equal letters sound alike, and so do sections of one role, whose
        energies are those of `ENERGIES`. Empty for a song without sections.

    Returns
    -------
    Song
        Every beat is an onset of strength 1, and an impulse in every band and drum.
    """
    beats = np.arange(first_beat, duration - 1e-9, 60.0 / bpm) if bpm else np.empty(0)
    hops = int(duration / HOP) + 1
    impulses = np.zeros(hops)
    impulses[np.minimum(np.round(beats / HOP).astype(int), hops - 1)] = 1.0
    struck = Feature(impulses, HOP, "impulse")
    constant = Feature(np.full(hops, level), HOP, "level")
    names = sections.split() if set(sections.split()) & ENERGIES.keys() else list(sections)
    edges = np.linspace(0.0, duration, len(names) + 1).tolist()
    return Song(
        path=None,
        samples=np.zeros(round(duration * SAMPLE_RATE), np.float32),
        sample_rate=SAMPLE_RATE,
        duration=duration,
        tempo=bpm,
        beats=beats,
        downbeats=beats[::metre],
        onsets=beats,
        onset_strengths=np.ones(len(beats)),
        metre=metre if bpm else 0,
        sections=tuple(
            _section(start, end, name, names)
            for start, end, name in zip(edges[:-1], edges[1:], names, strict=True)
        ),
        confidence=1.0 if bpm else 0.0,
        features=dict.fromkeys(IMPULSES, struck) | dict.fromkeys(LEVELS, constant),
    )


def _section(start: float, end: float, name: str, names: list[str]) -> Section:
    if name not in ENERGIES:
        return Section(start, end, name)
    label = chr(ord("A") + list(dict.fromkeys(names)).index(name))
    return Section(start, end, label, name, ENERGIES[name], 1.0)


def timeline(song: Song, fps: float | str = 15, project_fps: float | str | None = None) -> Timeline:
    """The frames of a song at `fps`, for a project at `project_fps` (default: the same)."""
    own: Fraction = exact_fps(fps if project_fps is None else project_fps)
    return Timeline(song, exact_fps(fps), own)
