import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phosphene.song import TempoMap

# Beats at 120 BPM that slow to 60; bars of four.
BEATS = np.array([1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0])
SONG = TempoMap(BEATS, BEATS[::4])
EMPTY = TempoMap(np.zeros(0), np.zeros(0))

steps = st.lists(st.floats(0.05, 4.0), min_size=0, max_size=20)


@pytest.mark.parametrize(
    ("n", "seconds"),
    [
        (1, 1.0),
        (2, 1.5),
        (2.5, 1.75),
        (5, 3.0),
        (5.25, 3.25),
        (9, 7.0),
        (10, 8.0),
        (0, 0.5),
        (-1, 0),
    ],
)
def test_beats_are_at_their_times_and_extrapolated(n: float, seconds: float) -> None:
    assert SONG.beat_time(n) == seconds
    assert SONG.time_beat(seconds) == n


@pytest.mark.parametrize(("n", "seconds"), [(1, 1.0), (1.5, 2.0), (2, 3.0), (2.5, 5.0), (4, 11.0)])
def test_bars_begin_at_downbeats(n: float, seconds: float) -> None:
    assert SONG.bar_time(n) == seconds
    assert SONG.time_bar(seconds) == n


def test_a_span_has_the_length_of_the_beats_under_it() -> None:
    assert SONG.beat_span(1.0, 4) == 2.0
    assert SONG.beat_span(2.5, 2) == 1.5
    assert SONG.bar_span(3.0, 0.5) == 2.0


def test_bar_one_may_come_after_an_upbeat() -> None:
    song = TempoMap(BEATS, BEATS[1::4])
    assert song.bar_time(1) == 1.5
    assert song.beat_time(1) == 1.0


def test_without_beats_the_grid_is_120_bpm_in_four() -> None:
    assert EMPTY.beat_time(1) == 0.0
    assert EMPTY.beat_time(16) == 7.5
    assert EMPTY.bar_time(9) == 16.0
    assert EMPTY.beat_span(3.3, 1) == pytest.approx(0.5, abs=1e-12)


def test_one_beat_starts_the_nominal_grid() -> None:
    assert TempoMap(np.array([2.0]), np.zeros(0)).beat_time(3) == 3.0


def test_without_downbeats_every_fourth_beat_begins_a_bar() -> None:
    assert TempoMap(BEATS, np.zeros(0)).bar_time(3) == 7.0


def test_one_downbeat_starts_bars_of_four_beats() -> None:
    song = TempoMap(BEATS, BEATS[1:2])
    assert (song.bar_time(1), song.bar_time(2)) == (1.5, 4.0)


def test_arrays_go_in_and_come_out() -> None:
    assert SONG.beat_time(np.array([1.0, 2.5, 10.0])).tolist() == [1.0, 1.75, 8.0]
    assert isinstance(SONG.beat_time(2), float)


@pytest.mark.parametrize("beats", [[1.0, 1.0], [2.0, 1.0], [0.0, np.nan], [[1.0, 2.0]]])
def test_only_increasing_times_are_beats(beats: list) -> None:
    with pytest.raises(ValueError, match="strictly increasing"):
        TempoMap(np.array(beats), np.zeros(0))


@given(steps, st.floats(-10, 100), st.integers(0, 3))
def test_time_and_beat_are_inverse(gaps: list[float], n: float, phase: int) -> None:
    beats = np.cumsum(gaps) if gaps else np.zeros(0)
    song = TempoMap(beats, beats[phase::4])
    assert song.time_beat(song.beat_time(n)) == pytest.approx(n, abs=1e-6)
    assert song.time_bar(song.bar_time(n)) == pytest.approx(n, abs=1e-6)


@given(steps, st.floats(-50, 100), st.floats(1e-3, 10))
def test_later_is_a_later_beat(gaps: list[float], t: float, dt: float) -> None:
    song = TempoMap(np.cumsum(gaps) if gaps else np.zeros(0), np.zeros(0))
    assert song.time_beat(t + dt) > song.time_beat(t)
