import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phosphene.score.carrying import carried, own_frames
from phosphene.testing import synthetic_song, timeline

SONG = synthetic_song(2.0)


def test_at_the_projects_own_rate_nothing_is_touched():
    values = np.arange(24.0)
    assert carried(values, timeline(SONG, 12)) is values


@pytest.mark.parametrize("fps", [6, 24, 48, 60])
def test_a_constant_stays_and_a_line_stays(fps):
    frames = timeline(SONG, fps, 12)
    np.testing.assert_allclose(carried(np.full(24, 3.0), frames), 3.0)
    inside = (frames.times > 0.2) & (frames.times < 1.8)
    line = carried(np.arange(24.0), frames)
    np.testing.assert_allclose(line[inside], (frames.times * 12)[inside], atol=0.1)


@given(st.lists(st.floats(-5, 5), min_size=24, max_size=24), st.sampled_from([4, 6, 24, 36, 48]))
def test_every_step_is_travelled_in_its_own_time(values, fps):
    values, frames = np.array(values), timeline(SONG, fps, 12)
    got = np.cumsum(carried(values, frames)) * 12 / fps
    ratio = max(fps // 12, 1)
    every = max(12 // fps, 1)
    own = np.cumsum(values)[::every]
    np.testing.assert_allclose(got[::ratio] - got[0], own - own[0], atol=1e-9)


@given(st.lists(st.floats(0, 5), min_size=24, max_size=24))
def test_nothing_turns_back(values):
    assert carried(np.array(values), timeline(SONG, 48, 12)).min() >= -1e-12


def test_own_frames_are_those_of_the_project():
    assert own_frames(timeline(SONG, 48, 12)).n_frames == 24
