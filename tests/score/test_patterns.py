"""Patterns of steps, and cadences."""

from fractions import Fraction

import numpy as np
import pytest

from phosphene.score.patterns import parse_cadence, parse_pattern, repainted
from phosphene.score.timeline import Timeline
from phosphene.testing import synthetic_song, timeline


def test_steps_run_over_and_over_from_bar_one():
    # 120 BPM: eighths are 0.25 s apart. Bar 1 begins with the first beat, at 0.5 s.
    frames = timeline(synthetic_song(3.0, first_beat=0.5))
    times, heights = parse_pattern("x.o|. ").times(2, frames)
    np.testing.assert_allclose(times, np.arange(12) * 0.25)
    at_bar_one = 2
    np.testing.assert_allclose(heights[at_bar_one:], [1, 0, 0.5, 0, 1, 0, 0.5, 0, 1, 0])
    np.testing.assert_allclose(heights[:at_bar_one], [0.5, 0])


@pytest.mark.parametrize("wrong", ["", " ", "x..y", 3, None, ["x"]])
def test_an_invalid_pattern_is_refused_with_an_example(wrong):
    with pytest.raises(ValueError, match=r"x\.\.x\.\.x\."):
        parse_pattern(wrong)


@pytest.fixture(scope="module")
def song():
    return synthetic_song(duration=4.0, bpm=120)


def frames(song, cadence, fps=12, project_fps=12):
    timeline = Timeline(song, Fraction(fps), Fraction(project_fps))
    return np.flatnonzero(repainted(parse_cadence(cadence), timeline)).tolist()


def test_1_is_every_frame(song):
    assert frames(song, 1) == list(range(48))


def test_a_number_counts_from_every_beat(song):
    assert frames(song, 2) == list(range(0, 48, 2))
    # 4 would leave beats at 6, 18 ... out
    assert frames(song, 4)[:8] == [0, 4, 6, 10, 12, 16, 18, 22]


def test_a_number_is_of_the_projects_own_frames(song):
    assert frames(song, 2, fps=24) == list(range(0, 96, 4))
    assert frames(song, 2, fps=6) == list(range(24))


def test_beats_bars_and_patterns(song):
    assert frames(song, "beat") == list(range(0, 48, 6))
    assert frames(song, "bar") == [0, 24]
    assert frames(song, "x.x.") == list(range(0, 48, 12))


def test_onsets_and_the_first_frame(song):
    expected = {0} | {int(np.floor(time * 12 + 1e-6)) for time in song.onsets}
    assert frames(song, "onset") == sorted(expected)


@pytest.mark.parametrize("wrong", [0, -1, 241, 1.5, "beats", "", "....", True, None])
def test_anything_else_is_refused_with_the_allowed_values(wrong):
    with pytest.raises(ValueError, match="'beat', 'bar', 'onset'"):
        parse_cadence(wrong)
