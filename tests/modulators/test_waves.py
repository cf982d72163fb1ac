"""Oscillator and noise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phosphene.modulators.waves import Oscillator
from phosphene.testing import synthetic_song, timeline


@pytest.mark.parametrize(
    ("wave", "expected"),
    [
        # Means over eighths of a cycle.
        ("square", [1, 1, 1, 1, -1, -1, -1, -1]),
        ("pulse", [1, 1, -1, -1, -1, -1, -1, -1]),
        ("saw", [-0.875, -0.625, -0.375, -0.125, 0.125, 0.375, 0.625, 0.875]),
        ("triangle", [0.25, 0.75, 0.75, 0.25, -0.25, -0.75, -0.75, -0.25]),
    ],
)
def test_each_frame_has_the_mean_of_the_wave(value, wave, expected):
    got = value("oscillator", fps=8, wave=wave, period="1s")
    np.testing.assert_allclose(got, np.tile(expected, 8), atol=1e-12)


def test_the_mean_of_a_sine(value):
    turned = 2 * np.pi * np.arange(41) / 10
    expected = (np.cos(turned[:-1]) - np.cos(turned[1:])) / (2 * np.pi / 10)
    got = value("oscillator", song=synthetic_song(4.0), fps=10, period="1s")
    np.testing.assert_allclose(got, expected, atol=1e-12)


def test_phase_low_and_high(value):
    got = value("oscillator", fps=4, wave="square", period="1s", phase=0.25, low=0, high=3)
    np.testing.assert_allclose(got[:4], [3, 0, 0, 3], atol=1e-12)


def test_a_period_in_beats_follows_the_song(value):
    # 100 BPM from 0.25 s: a beat lasts 0.6 s, and begins on frame 5 of 20 fps.
    song = synthetic_song(4.0, bpm=100, first_beat=0.25)
    got = value("oscillator", song=song, fps=20, wave="square", period="1 beat")
    np.testing.assert_allclose(got[5:17], [1] * 6 + [-1] * 6, atol=1e-9)


def test_a_pulse_shorter_than_a_frame_is_not_lost(value):
    got = value("oscillator", fps=5, wave="pulse", period="1s", duty=0.05, low=0)
    np.testing.assert_allclose(got[:5], [0.25, 0, 0, 0, 0], atol=1e-12)


def test_a_wave_faster_than_the_frame_rate_fades_to_its_mean(value):
    np.testing.assert_allclose(value("oscillator", fps=10, period="50ms"), 0.0, atol=1e-12)


@given(
    st.sampled_from(["sine", "triangle", "saw", "square", "pulse"]),
    st.floats(0.02, 30.0),
    st.floats(-2, 2),
    st.floats(0.01, 0.99),
)
def test_the_sum_does_not_depend_on_the_frame_rate(wave, period, phase, duty):
    song = synthetic_song(4.0)
    oscillator = Oscillator(wave=wave, period=f"{period:.4f}s", phase=phase, duty=duty)

    def path(fps):
        return np.cumsum(oscillator.curves(song, timeline(song, fps))["value"]) / fps

    np.testing.assert_allclose(path(12), path(48)[3::4], atol=1e-9)


def test_noise_is_determined_by_its_seed(value):
    song = synthetic_song(600.0)
    first = value("noise", song=song, seed=3)
    np.testing.assert_array_equal(first, value("noise", song=song, seed=3))
    assert abs(np.corrcoef(first, value("noise", song=song, seed=4))[0, 1]) < 0.1


def test_a_longer_song_begins_like_a_shorter_one(value):
    short = value("noise", song=synthetic_song(8.0))
    long = value("noise", song=synthetic_song(60.0))
    np.testing.assert_allclose(long[:60], short[:60], atol=1e-7)


@pytest.mark.parametrize("octaves", [1, 2, 5])
def test_noise_is_centred_on_0_and_bounded(value, octaves):
    got = value("noise", song=synthetic_song(600.0), fps=30, octaves=octaves)
    assert abs(np.mean(got)) < 0.1
    assert 0.3 < np.std(got) < 0.7
    assert np.max(np.abs(got)) < 2.0


def test_noise_is_smooth(value):
    got = value("noise", song=synthetic_song(60.0), fps=60, octaves=1)
    assert np.max(np.abs(np.diff(got))) < 0.1  # one period per second at 60 fps


def test_noise_at_12_fps_is_the_mean_of_48_fps(value):
    coarse = value("noise", fps=12, octaves=6, period="0.7s")
    fine = value("noise", fps=48, octaves=6, period="0.7s")
    np.testing.assert_allclose(coarse, fine.reshape(-1, 4).mean(axis=1), atol=1e-12)


def test_octaves_too_fast_to_see_are_skipped(value):
    got = value("noise", song=synthetic_song(3600.0), period="0.1ms", octaves=8)
    np.testing.assert_array_equal(got, 0.0)
