"""Envelopes of features, and curves at other frame rates."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phosphene.score.curves.envelopes import (
    at_frame_rate,
    normalised,
    on_frames,
    own_frames,
    slewed,
)
from phosphene.score.curves.hits import hits
from phosphene.song.song import Feature
from phosphene.testing import synthetic_song, timeline

SONG = synthetic_song(4.0)


def envelope(*times, attack=0.0, release=0.2, fps=10, weights=None):
    weights = np.ones(len(times)) if weights is None else np.array(weights)
    return hits(np.array(times), weights, attack, release, timeline(SONG, fps))


def test_a_hit_peaks_in_its_frame_and_falls_as_a_square():
    # 10 fps, release 0.4 s: the frames after the hit's own begin 1/4, 1/2 and 3/4 of it later.
    got = envelope(0.53, release=0.4)
    np.testing.assert_allclose(got[4:10], [0, 1, 0.5625, 0.25, 0.0625, 0], atol=1e-12)


def test_nothing_moves_before_the_hit():
    for attack in (0.0, 0.15, 0.4):
        assert np.all(envelope(1.25, attack=attack)[:12] == 0)


def test_an_attack_rises_to_its_peak():
    # Rises from 0.5 s to 0.8 s: the ends of frames 5, 6 and 7 lie at 1/3, 2/3 and 1.
    got = envelope(0.5, attack=0.3)
    np.testing.assert_allclose(got[5:8], [1 / 3, 2 / 3, 1.0], atol=1e-9)


def test_the_loudest_wins_where_hits_overlap():
    got = envelope(0.5, 0.62, release=1.0, weights=[1.0, 0.5])
    np.testing.assert_allclose(got[4:8], [0, 1, 0.9**2, 0.8**2], atol=1e-12)
    got = envelope(0.5, 0.62, release=1.0, weights=[0.5, 1.0])
    np.testing.assert_allclose(got[4:8], [0, 0.5, 1, 0.9**2], atol=1e-12)


@given(st.floats(0, 3.9), st.sampled_from([10, 12, 15, 24, 30, 60, "23.976", "29.97"]))
def test_every_hit_has_its_maximum_in_its_frame(time, fps):
    got = envelope(time, fps=fps)
    frame = timeline(SONG, fps).frame_of(time)
    assert got[frame] == 1.0
    assert np.all(np.delete(got, frame) < 1.0)


@given(st.lists(st.floats(0, 3.9), min_size=1, max_size=20))
def test_no_hit_is_lost_at_a_low_frame_rate(times):
    got = envelope(*times, fps=4)
    assert all(got[timeline(SONG, 4).frame_of(time)] == 1.0 for time in times)


def test_without_hits_there_is_no_motion():
    assert not envelope().any()


def test_following_is_limited_by_attack_and_release():
    got = slewed(np.array([0, 1, 1, 1, 0, 0, 0.0]), 0.1, attack=0.2, release=0.4)
    np.testing.assert_allclose(got, [0, 0.5, 1, 1, 0.75, 0.5, 0.25])
    np.testing.assert_array_equal(slewed(np.array([0, 1, 0.0]), 0.1, 0.0, 0.0), [0, 1, 0])


@pytest.mark.parametrize(("kind", "expected"), [("impulse", [4, 8]), ("level", [3.0, 6.875])])
def test_a_frame_takes_its_whole_interval(kind, expected):
    song = synthetic_song(1.0)
    # Under the line 1, 2 ... 8, held after 7 / 8 s: the areas are 1.5 and 3.4375.
    feature = Feature(np.arange(1.0, 9.0), 0.125, kind)
    got = on_frames(feature, timeline(song, 2))
    np.testing.assert_array_equal(got, expected)


def test_frames_shorter_than_a_hop_lie_on_the_line_between():
    values, frames = np.array([0.0, 1.0, 0.0]), timeline(synthetic_song(1.0), 8)
    got = on_frames(Feature(values, 0.5, "impulse"), frames)
    # Frames 0 and 4 hold a hop; the others are read in their middle.
    np.testing.assert_allclose(got, [0, 0.375, 0.625, 0.875, 1, 0.625, 0.375, 0.125])
    got = on_frames(Feature(values, 0.5, "level"), frames)
    np.testing.assert_allclose(got, [0.125, 0.375, 0.625, 0.875, 0.875, 0.625, 0.375, 0.125])


@given(st.integers(5, 60), st.integers(20, 400))
def test_resampling_a_level_keeps_a_constant_and_the_range(fps, hops):
    song = synthetic_song(2.0)
    rng = np.random.default_rng(hops)
    values = rng.random(hops)
    for kind in ("impulse", "envelope", "level"):
        got = on_frames(Feature(values, 2.0 / hops, kind), timeline(song, fps))
        assert values.min() - 1e-12 <= got.min()
        assert got.max() <= values.max() + 1e-12
        flat = on_frames(Feature(np.full(hops, 0.3), 2.0 / hops, kind), timeline(song, fps))
        np.testing.assert_allclose(flat, 0.3)


@given(st.integers(5, 60), st.integers(20, 400))
def test_a_level_adds_up_to_the_same_at_every_frame_rate(fps, hops):
    song = synthetic_song(2.0)
    feature = Feature(np.random.default_rng(hops).random(hops), 2.0 / hops, "level")
    line = np.append(feature.values, feature.values[-1])
    area = np.sum(line[:-1] + line[1:]) / hops
    got = on_frames(feature, timeline(song, fps))
    assert np.sum(got) / fps == pytest.approx(area, rel=1e-9)


def test_following_holds_before_it_falls():
    got = slewed(np.array([0, 1, 0, 0, 0, 0.0]), 0.1, attack=0.0, release=0.2, hold=0.2)
    np.testing.assert_allclose(got, [0, 1, 1, 1, 0.5, 0])


def test_a_percentile_counts_as_full_and_silence_stays_silent():
    values = np.array([0.0, 0.1, 0.2, 0.3, 0.4])
    np.testing.assert_allclose(normalised(values, 50), [0, 0.5, 1, 1, 1])
    np.testing.assert_allclose(normalised(values, 100), [0, 0.25, 0.5, 0.75, 1])
    np.testing.assert_array_equal(normalised(np.zeros(5), 99), 0.0)
    assert normalised(values, None) is values


SHORT = synthetic_song(2.0)


def test_at_the_projects_own_rate_nothing_changes():
    values = np.arange(24.0)
    assert at_frame_rate(values, timeline(SHORT, 12)) is values


@pytest.mark.parametrize("fps", [6, 24, 48, 60])
def test_a_constant_stays_and_a_line_stays(fps):
    frames = timeline(SHORT, fps, 12)
    np.testing.assert_allclose(at_frame_rate(np.full(24, 3.0), frames), 3.0)
    inside = (frames.times > 0.2) & (frames.times < 1.8)
    line = at_frame_rate(np.arange(24.0), frames)
    np.testing.assert_allclose(line[inside], (frames.times * 12)[inside], atol=0.1)


@given(st.lists(st.floats(-5, 5), min_size=24, max_size=24), st.sampled_from([4, 6, 24, 36, 48]))
def test_every_step_is_travelled_in_its_own_time(values, fps):
    values, frames = np.array(values), timeline(SHORT, fps, 12)
    got = np.cumsum(at_frame_rate(values, frames)) * 12 / fps
    ratio = max(fps // 12, 1)
    every = max(12 // fps, 1)
    own = np.cumsum(values)[::every]
    np.testing.assert_allclose(got[::ratio] - got[0], own - own[0], atol=1e-9)


@given(st.lists(st.floats(0, 5), min_size=24, max_size=24))
def test_nothing_turns_back(values):
    assert at_frame_rate(np.array(values), timeline(SHORT, 48, 12)).min() >= -1e-12


def test_own_frames_are_those_of_the_project():
    assert own_frames(timeline(SHORT, 48, 12)).n_frames == 24
