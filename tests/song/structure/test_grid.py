import numpy as np
import pytest

from phosphene.song.structure.grid import MAX_UNITS, grid_of


def test_units_are_bars_and_continue_to_both_ends():
    grid = grid_of(np.arange(3.0, 21.0, 2.0), 24.0)
    assert grid.in_bars
    assert grid.edges.tolist() == [
        0.0,
        3.0,
        5.0,
        7.0,
        9.0,
        11.0,
        13.0,
        15.0,
        17.0,
        19.0,
        21.0,
        23.0,
        24.0,
    ]
    assert grid.phrase == 8  # 16 s


def test_a_short_rest_at_either_end_belongs_to_its_neighbour():
    assert grid_of(np.arange(0.5, 12.0, 2.0), 12.6).edges.tolist() == [
        0.0,
        2.5,
        4.5,
        6.5,
        8.5,
        10.5,
        12.6,
    ]


def test_a_gap_is_filled_with_even_bars():
    bars = np.array([0.0, 2.0, 4.0, 6.0, 12.3, 14.3, 16.3])
    assert grid_of(bars, 18.3).edges.tolist() == pytest.approx(
        [0.0, 2.0, 4.0, 6.0, 8.1, 10.2, 12.3, 14.3, 16.3, 18.3]
    )


def test_without_bars_units_last_two_seconds():
    grid = grid_of(np.zeros(0), 31.0)
    assert not grid.in_bars
    assert grid.n == 16
    assert np.ptp(np.diff(grid.edges)) < 1e-9


def test_twelve_hours_have_a_bounded_number_of_units():
    duration = 12 * 3600.0
    for bars in (np.arange(0.0, duration, 1.5), np.zeros(0)):
        grid = grid_of(bars, duration)
        assert grid.n <= MAX_UNITS
        assert grid.edges[[0, -1]].tolist() == [0.0, duration]


@pytest.mark.parametrize(("bar", "phrase"), [(1.0, 16), (2.0, 8), (3.75, 4), (0.3, 32)])
def test_a_phrase_is_a_power_of_two_and_about_16_seconds(bar, phrase):
    assert grid_of(np.arange(0.0, 60.0, bar), 60.0).phrase == phrase


def test_bars_of_half_the_length_are_joined_in_pairs():
    """The tracker counts 8 s at double tempo; a single short bar is a bar of its own."""
    bars = np.concatenate(
        [np.arange(0.0, 16.0, 2.0), np.arange(16.0, 24.0, 1.0), [24.0, 26.0, 27.0, 29.0, 31.0]]
    )
    expected = [*range(0, 28, 2), 27, 29, 31, 33]
    assert grid_of(bars, 33.0).edges.tolist() == pytest.approx(expected)


def test_bars_of_twice_the_length_are_divided():
    bars = np.concatenate([np.arange(0.0, 20.0, 2.0), np.arange(20.0, 33.0, 4.0)])
    assert grid_of(bars, 34.0).edges.tolist() == pytest.approx(list(range(0, 35, 2)))
