from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phosphene.directing.form import MOST, ROLES, form_of
from phosphene.song.song import Feature, Section
from phosphene.testing import HOP, synthetic_song


def with_level(song, level):
    """A song whose rms is level(t)."""
    times = np.arange(len(song.feature("rms").values)) * HOP
    return replace(song, features={**song.features, "rms": Feature(level(times), HOP, "level")})


def test_sections_become_parts_with_energies_from_0_to_1(pop):
    parts = form_of(pop)
    assert [part.label for part in parts] == list("ABCDBCDEFDA")
    assert [part.role for part in parts[:4]] == ["intro", "verse", "build", "chorus"]
    # Energies run from 0.1 (break) to 1.0 (drop).
    assert [part.energy for part in parts] == pytest.approx(
        [(e - 0.1) / 0.9 for e in (0.2, 0.4, 0.6, 0.9, 0.45, 0.6, 1.0, 0.1, 0.5, 0.95, 0.2)]
    )


def test_gaps_of_two_seconds_or_more_are_parts():
    song = with_level(synthetic_song(30.0), lambda t: np.where((t > 9) & (t < 25), 0.8, 0.2))
    named = (
        Section(3, 9, "A", "verse", 0.4), Section(9, 14, "B", "chorus", 0.8),
        Section(18, 25, "B", "chorus", 0.8), Section(26, 28, "C", "verse", 0.4),
    )  # fmt: skip
    parts = form_of(replace(song, sections=named))
    assert [(part.start, part.end, part.role) for part in parts] == [
        (0, 3, "intro"), (3, 9, "verse"), (9, 14, "chorus"), (14, 18, "verse"),
        (18, 26, "chorus"), (26, 28, "verse"), (28, 30, "outro"),
    ]  # fmt: skip
    assert len({part.label for part in parts}) == 6


def test_sections_without_roles_get_them_by_their_level():
    song = with_level(synthetic_song(30.0), lambda t: np.where(t < 20, 0.2, 0.8))
    sections = (Section(0, 10, "A"), Section(10, 20, "A"), Section(20, 30, "B"))
    assert [part.role for part in form_of(replace(song, sections=sections))] == [
        "verse", "verse", "chorus",
    ]  # fmt: skip


def test_a_song_without_sections_has_phrases_of_eight_bars():
    # 120 BPM in 4/4: eight bars are 16 s.
    song = with_level(synthetic_song(64.0), lambda t: np.where(t < 32, 0.2, 0.8))
    parts = form_of(song)
    assert [part.start for part in parts] == [0, 16, 32, 48]
    assert [(part.label, part.role) for part in parts] == [
        ("A", "verse"), ("B", "verse"), ("E", "chorus"), ("E", "chorus"),
    ]  # fmt: skip


@given(
    st.lists(st.floats(0.05, 40.0), max_size=60),
    st.floats(0.05, 400.0),
    st.sampled_from([0.0, 53.0, 120.0, 200.0]),
)
def test_the_parts_cover_any_song_without_gaps(lengths, duration, bpm):
    song = synthetic_song(duration, bpm)
    edges = np.concatenate([[0.0], np.cumsum(lengths)])
    rows = zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)
    sections = [Section(a, b, f"{number % 7}") for number, (a, b) in enumerate(rows)]
    parts = form_of(replace(song, sections=tuple(sections)))
    assert parts[0].start == 0.0
    assert parts[-1].end == pytest.approx(duration)
    assert all(a.end == b.start for a, b in pairwise(parts))
    assert 1 <= len(parts) <= MOST
    assert all(part.role in ROLES and 0.0 <= part.energy <= 1.0 for part in parts)
    assert len(parts) == 1 or min(part.length for part in parts) > 0.0
