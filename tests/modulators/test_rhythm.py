from dataclasses import replace

import numpy as np
import pytest

from phosphene.song.song import Feature
from phosphene.testing.songs import HOP, synthetic_song


def full_hits(value):
    return np.flatnonzero(value == 1.0).tolist()


@pytest.mark.parametrize(
    ("parameters", "frames"),
    [
        # 120 BPM at 10 fps: beats on frames 0, 5, 10 ... of 40.
        ({}, [0, 5, 10, 15, 20, 25, 30, 35]),
        ({"every": 3}, [0, 15, 30]),
        ({"off_beat": True}, [2, 7, 12, 17, 22, 27, 32, 37]),
        ({"off_beat": True, "every": 2}, [2, 12, 22, 32]),
        ({"pattern": "x..x..x.", "subdivision": 2}, [0, 7, 15, 20, 27, 35]),
        ({"pattern": ".x"}, [5, 15, 25, 35]),
        ({"pattern": "...x | ...."}, [15]),
        ({"sensitivity": 0.0}, [0, 5, 10, 15, 20, 25, 30, 35]),
    ],
)
def test_frames_with_hits(value, parameters, frames):
    got = value("beat", song=synthetic_song(4.0), release="0s", **parameters)
    assert full_hits(got) == frames


def test_half_a_hit(value):
    got = value("beat", song=synthetic_song(2.0), pattern="xo", release="0s")
    np.testing.assert_allclose(got[[0, 5, 10, 15]], [1, 0.5, 1, 0.5])


def test_pattern_excludes_every(registry):
    with pytest.raises(ValueError, match="either `pattern`"):
        registry.modulators["beat"](pattern="x.", every=2)


@pytest.mark.parametrize("band", ["low", "mid", "high", "kick", "snare", "hat"])
def test_beats_that_are_silent_in_the_band_are_skipped(value, band):
    song = synthetic_song(4.0)
    quiet = Feature(np.zeros(len(song.features[band].values)), HOP, "impulse")
    song = replace(song, features={**song.features, band: quiet})
    assert full_hits(value("beat", song=song, band=band, sensitivity=0.5)) == []
    assert full_hits(value("beat", song=song, band="full", sensitivity=0.5))


def test_look_ahead_begins_before_the_beat(value):
    got = value("beat", song=synthetic_song(4.0), attack="0.2s", release="0.1s", look_ahead=True)
    np.testing.assert_allclose(got[3:8], [0, 0.5, 1, 0, 0], atol=1e-12)


def test_silence_has_no_hits_in_any_rhythm(value):
    for parameters in ({}, {"off_beat": True}, {"pattern": "x"}):
        assert not value("beat", song=synthetic_song(4.0, bpm=0), **parameters).any()


def dynamics():
    """A song with an onset every second, of strengths 0.25, 0.5, 0.75 and 1."""
    song = synthetic_song(4.0, bpm=60)
    curve = np.zeros(len(song.features["onset"].values))
    curve[np.round(song.onsets / HOP).astype(int)] = [0.25, 0.5, 0.75, 1.0]
    return replace(song, features={**song.features, "onset": Feature(curve, HOP, "impulse")})


def test_the_height_of_a_hit_is_the_onset_strength(value):
    got = value("onset", song=dynamics(), fps=4, release="0s")
    np.testing.assert_allclose(got[::4], [0.25, 0.5, 0.75, 1.0])


def test_sensitivity_percentile_and_every_of_onsets(value):
    got = value("onset", song=dynamics(), fps=4, release="0s", sensitivity=0.4)
    np.testing.assert_allclose(got[::4], [0, 0, 0.75, 1.0])
    got = value("onset", song=dynamics(), fps=4, release="0s", percentile=50)
    np.testing.assert_allclose(got[::4], [0.4, 0.8, 1, 1])
    got = value("onset", song=dynamics(), fps=4, release="0s", every=2)
    np.testing.assert_allclose(got[::4], [0.25, 0, 0.75, 0])
