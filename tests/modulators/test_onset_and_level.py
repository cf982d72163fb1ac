from dataclasses import replace

import numpy as np
import pytest

from phosphene.song.song import Feature
from phosphene.testing.songs import HOP, synthetic_song


def dynamics():
    """A song whose four sounds, one a second, are a quarter, a half, three quarters and whole."""
    song = synthetic_song(4.0, bpm=60)
    curve = np.zeros(len(song.features["onset"].values))
    curve[np.round(song.onsets / HOP).astype(int)] = [0.25, 0.5, 0.75, 1.0]
    return replace(song, features={**song.features, "onset": Feature(curve, HOP, "impulse")})


def test_an_onset_is_as_high_as_its_sound_is_strong(value):
    got = value("onset", song=dynamics(), fps=4, release="0s")
    np.testing.assert_allclose(got[::4], [0.25, 0.5, 0.75, 1.0])


def test_sensitivity_leaves_out_the_weak_and_percentile_lifts_the_whole_song(value):
    got = value("onset", song=dynamics(), fps=4, release="0s", sensitivity=0.4)
    np.testing.assert_allclose(got[::4], [0, 0, 0.75, 1.0])
    got = value("onset", song=dynamics(), fps=4, release="0s", percentile=50)
    np.testing.assert_allclose(got[::4], [0.4, 0.8, 1, 1])
    got = value("onset", song=dynamics(), fps=4, release="0s", every=2)
    np.testing.assert_allclose(got[::4], [0.25, 0, 0.75, 0])


def test_a_level_above_its_threshold_counts_from_nothing_to_one(value):
    song = synthetic_song(2.0, level=0.6)
    np.testing.assert_allclose(value("level", song=song, attack="0s", threshold=0.2), 0.5)
    np.testing.assert_allclose(value("level", song=song, attack="0s", threshold=0.7), 0.0)
    np.testing.assert_allclose(value("level", song=song, attack="0s", percentile=90), 1.0)
    np.testing.assert_allclose(value("level", song=song, attack="0s", bend=2), 0.36)


def swell():
    song = synthetic_song(4.0)
    values = (np.arange(len(song.features["rms"].values)) * HOP >= 2.0).astype(float)
    return replace(song, features={**song.features, "rms": Feature(values, HOP, "level")})


def test_look_ahead_is_up_when_the_sound_begins(value):
    late = value("level", song=swell(), fps=20, attack="0.5s")
    early = value("level", song=swell(), fps=20, attack="0.5s", look_ahead=True)
    assert late[39] == pytest.approx(0.0, abs=0.02)
    assert late[50] == pytest.approx(1.0, abs=0.05)
    assert early[29] == pytest.approx(0.0, abs=0.02)
    assert early[40] == pytest.approx(1.0, abs=0.05)
