from dataclasses import replace

import numpy as np
import pytest

from phosphene.song.song import Section
from phosphene.song.structure.names import named_sections, on_bars, role_of, shifted
from phosphene.testing.songs import synthetic_song


@pytest.fixture
def song():
    """16 s at 120 BPM: bars of 2 s; a quiet and a loud half."""
    halves = (
        Section(0.0, 8.0, "A", "verse", 0.4, 0.8),
        Section(8.0, 16.0, "B", "chorus", 0.8, 0.5),
    )
    return replace(synthetic_song(16.0), sections=halves)


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Chorus", "chorus"), ("chorus 2", "chorus"), ("VERSE_1", "verse"), ("Pre-Chorus", "build"),
        ("Refrain 3", "chorus"), ("middle 8", "bridge"), ("Breakdown", "break"), ("ending", "outro"),
        ("A", ""), ("solitude", ""),
    ],
)  # fmt: skip
def test_names_state_roles(name, role):
    assert role_of(name) == role


def test_a_name_that_states_a_role_sets_it(song):
    found = named_sections(
        song, [(0.0, None, "Intro"), (4.0, None, "Chorus 1"), (12.0, None, "Chorus 2")]
    )
    assert found == (
        Section(0.0, 4.0, "Intro", "intro", 0.4, 1.0),
        Section(4.0, 12.0, "Chorus", "chorus", pytest.approx(0.6), 1.0),
        Section(12.0, 16.0, "Chorus", "chorus", 0.8, 1.0),
    )


def test_other_names_take_the_role_that_was_detected_there(song):
    (found,) = named_sections(song, [(6.0, 16.0, "solitude")])
    assert (found.label, found.role, found.confidence) == ("solitude", "chorus", 0.4)  # 8 s of 10


def test_a_time_near_a_beat_moves_to_it_and_ends_may_leave_a_gap(song):
    found = named_sections(song, [(0.06, 3.93, "a"), (6.2, None, "b")])
    assert [(part.start, part.end) for part in found] == [(0.0, 4.0), (6.2, 16.0)]


def test_overlapping_sections_end_where_the_next_begins(song):
    found = named_sections(song, [(0.0, 9.0, "a"), (4.0, 16.0, "b")])
    assert [(part.start, part.end) for part in found] == [(0.0, 4.0), (4.0, 16.0)]


def test_boundaries_follow_corrected_bars_and_not_the_ends_of_the_song(song):
    moved = replace(song, downbeats=np.arange(0.5, 16.0, 2.0))
    assert [(part.start, part.end) for part in on_bars(moved)] == [(0.0, 8.5), (8.5, 16.0)]
    assert on_bars(song) == song.sections


@pytest.mark.parametrize(("bars", "boundary"), [(0, 8.0), (1, 10.0), (-2, 4.0)])
def test_boundaries_shift_by_bars(song, bars, boundary):
    assert [(part.start, part.end) for part in shifted(song, bars)] == [
        (0.0, boundary),
        (boundary, 16.0),
    ]


def test_a_section_shifted_out_of_the_song_is_removed(song):
    assert [part.label for part in shifted(song, 9)] == ["A"]
