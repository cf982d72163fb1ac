import numpy as np
import pytest

from phosphene.testing import synthetic_song


def test_the_same_seed_is_the_same_wander_and_another_is_not(value):
    song = synthetic_song(600.0)
    first = value("noise", song=song, seed=3)
    np.testing.assert_array_equal(first, value("noise", song=song, seed=3))
    assert abs(np.corrcoef(first, value("noise", song=song, seed=4))[0, 1]) < 0.1


def test_a_longer_song_begins_like_a_shorter_one(value):
    short = value("noise", song=synthetic_song(8.0))
    long = value("noise", song=synthetic_song(60.0))
    np.testing.assert_allclose(long[:60], short[:60], atol=1e-7)


@pytest.mark.parametrize("octaves", [1, 2, 5])
def test_it_wanders_about_nothing_within_its_range(value, octaves):
    got = value("noise", song=synthetic_song(600.0), fps=30, octaves=octaves)
    assert abs(np.mean(got)) < 0.1
    assert 0.3 < np.std(got) < 0.7
    assert np.max(np.abs(got)) < 2.0


def test_it_is_smooth(value):
    got = value("noise", song=synthetic_song(60.0), fps=60, octaves=1)
    assert np.max(np.abs(np.diff(got))) < 0.1  # a turn a second, seen 60 times


def test_its_means_at_12_fps_are_those_of_48(value):
    coarse = value("noise", fps=12, octaves=6, period="0.7s")
    fine = value("noise", fps=48, octaves=6, period="0.7s")
    np.testing.assert_allclose(coarse, fine.reshape(-1, 4).mean(axis=1), atol=1e-12)


def test_octaves_that_no_film_can_show_cost_nothing(value):
    got = value("noise", song=synthetic_song(3600.0), period="0.1ms", octaves=8)
    np.testing.assert_array_equal(got, 0.0)
