"""Songs with a form, made in memory."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from phosphene.directors import Brief
from phosphene.project.file import make_project
from phosphene.song.song import Feature, Section, Song
from phosphene.testing import HOP, synthetic_song

SEA = Brief("the sea at night", 1)
#: Role, label, energy and bars of each section of a song of 3:44 at 120 BPM.
POP = (
    ("intro", "A", 0.2, 4), ("verse", "B", 0.4, 16), ("build", "C", 0.6, 4),
    ("chorus", "D", 0.9, 16), ("verse", "B", 0.45, 16), ("build", "C", 0.6, 4),
    ("drop", "D", 1.0, 16), ("break", "E", 0.1, 8), ("bridge", "F", 0.5, 8),
    ("chorus", "D", 0.95, 16), ("outro", "A", 0.2, 4),
)  # fmt: skip


def made(form=POP, bpm: float = 120.0, metre: int = 4) -> Song:
    """A song with sections; its level is the energy of each."""
    bar = metre * 60.0 / bpm
    song = synthetic_song(duration=sum(bars for *_, bars in form) * bar, bpm=bpm, metre=metre)
    sections, levels, start = [], np.zeros(len(song.feature("rms").values)), 0.0
    for role, label, energy, bars in form:
        end = start + bars * bar
        sections.append(Section(start, end, label, role, energy, 0.8))
        levels[round(start / HOP) : round(end / HOP) + 1] = energy
        start = end
    features = {**song.features, "rms": Feature(levels, HOP, "level")}
    return replace(song, sections=tuple(sections), features=features)


@pytest.fixture(scope="session")
def pop() -> Song:
    return made()


def project_of(text, registry):
    return make_project(tomllib.loads(text), Path("directed"), registry)


def shown(score):
    """The prompt with the largest weight in each frame."""
    return np.array(score.prompts)[score.weights.argmax(axis=1)]
