import numpy as np
import pytest

from phosphene.errors import ProjectError
from phosphene.testing import synthetic_song

# 120 BPM at 10 fps: bar k begins in frame 20 (k - 1).
SONG = synthetic_song(8.0)


@pytest.mark.parametrize(
    ("at", "frames"),
    [("bar 2", [20]), (["bar 2", "beat 10"], [20, 45]), (["bar 2", "2s", "0"], [0, 20])],
)
def test_a_hit_in_the_frame_of_each_position(value, at, frames):
    assert np.flatnonzero(value("cue", song=SONG, at=at, release="0s") == 1.0).tolist() == frames


def test_a_hit_late_in_a_frame_peaks_in_that_frame(value):
    got = value("cue", song=SONG, at="2.09s", release="0.2s")
    np.testing.assert_allclose(got[19:24], [0, 1, 0.25, 0, 0], atol=1e-12)


def test_a_cue_does_not_need_beats(value):
    got = value("cue", song=synthetic_song(4.0, bpm=0), at="1s", release="0s")
    assert np.flatnonzero(got).tolist() == [10]


def test_a_position_outside_the_song_is_named(project):
    from phosphene.composing.compose import compose

    layer = {"use": "cue", "at": ["bar 2", "bar 40"], "to": {"zoom": 0.1}}
    with pytest.raises(
        ProjectError, match=r'motion\[0\]\.at\."bar 40": position .*outside the song'
    ):
        compose(project(layer), SONG)
