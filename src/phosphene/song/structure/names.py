"""Sections given by the user: their names and roles, and their place among the detected ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from phosphene.song.song import ROLES, Section, Song

#: A section: start in seconds, end in seconds or None for the next start, and name.
Mark = tuple[float, float | None, str]

_ROLES = {
    "opening": "intro", "pre chorus": "build", "prechorus": "build", "buildup": "build",
    "build up": "build", "riser": "build", "refrain": "chorus", "hook": "chorus",
    "breakdown": "break", "interlude": "break", "silence": "break", "solo": "bridge",
    "instrumental": "bridge", "middle 8": "bridge", "middle eight": "bridge",
    "ending": "outro", "end": "outro", "coda": "outro",
}  # fmt: skip
_NEAR = 0.1  # seconds: a manual mark this close to a beat moves to it


def role_of(name: str) -> str:
    """The role that a name states, such as ``chorus`` for "Chorus 2"; empty for any other."""
    plain = re.sub(r"[\W_]+", " ", name).strip().lower()
    bare = re.sub(r"\s*\d+$", "", plain) if plain not in _ROLES else plain
    return bare if bare in ROLES else _ROLES.get(bare, "")


def named_sections(song: Song, marks: Sequence[Mark]) -> tuple[Section, ...]:
    """Sections with given names, in place of the detected ones.

    A name that states a role sets it, with confidence 1. Other sections take the role of the
    detected section that they overlap most. The label is the name without its number. Times
    within 0.1 s of a beat, or of the song's start, move to it. A section without an end lasts to
    the next one.

    Parameters
    ----------
    song : Song
    marks : sequence of Mark
        In order of their starts.
    """
    starts = [_on_beat(song, start) for start, _, _ in marks]
    found = []
    for k, (_, end, name) in enumerate(marks):
        following = starts[k + 1] if k + 1 < len(marks) else song.duration
        last = following if end is None else min(_on_beat(song, end), following)
        if last > starts[k]:
            found.append(_section(song, starts[k], last, name))
    return tuple(found)


def _on_beat(song: Song, time: float) -> float:
    if time <= _NEAR:
        return 0.0
    if len(song.beats):
        near = float(song.beats[np.argmin(np.abs(song.beats - time))])
        if abs(near - time) <= _NEAR:
            return near
    return min(time, song.duration)


def _section(song: Song, start: float, end: float, name: str) -> Section:
    label = re.sub(r"[\s_-]*\d+$", "", name).strip() or name
    shared = [max(min(s.end, end) - max(s.start, start), 0.0) for s in song.sections]
    role = role_of(name)
    if not sum(shared):
        return Section(start, end, label, role, 0.0, float(bool(role)))
    energy = float(np.average([s.energy for s in song.sections], weights=shared))
    if role:
        return Section(start, end, label, role, energy, 1.0)
    most = song.sections[int(np.argmax(shared))]
    sure = most.confidence * max(shared) / (end - start)
    return Section(start, end, label, most.role, energy, sure)


def on_bars(song: Song) -> tuple[Section, ...]:
    """The sections with boundaries at the nearest bars, after a correction of the beats.

    Boundaries further than half a bar from any bar stay.
    """
    if len(song.downbeats) < 2:
        return song.sections
    reach = 0.5 * float(np.median(np.diff(song.downbeats)))

    def nearest(time: float) -> float:
        bar = float(song.downbeats[np.argmin(np.abs(song.downbeats - time))])
        return bar if abs(bar - time) <= reach else time

    return _moved(song, nearest)


def shifted(song: Song, bars: int) -> tuple[Section, ...]:
    """The sections, with every boundary inside the song moved later by a number of bars."""
    tempo = song.tempo_map
    return _moved(song, lambda time: time + float(tempo.bar_span(time, bars)))


def _moved(song: Song, move: Callable[[float], float]) -> tuple[Section, ...]:
    def placed(time: float) -> float:
        inside = 0.0 < time < song.duration
        return min(max(move(time), 0.0), song.duration) if inside else time

    edges = [(placed(s.start), placed(s.end)) for s in song.sections]
    return tuple(
        replace(section, start=start, end=end)
        for section, (start, end) in zip(song.sections, edges, strict=True)
        if end > start
    )
