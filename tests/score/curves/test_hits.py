import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phosphene.errors import ProjectError
from phosphene.score.curves.hits import HitShape, hit_train
from phosphene.testing import synthetic_song, timeline

SONG = synthetic_song(4.0)


def envelope(*times, fps=10, project_fps=None, evenly=True, **shape):
    frames = timeline(SONG, fps, project_fps)
    return hit_train(np.array(times), np.ones(len(times)), HitShape(**shape), frames, evenly)


def test_attack_hold_decay_sustain_length_and_release():
    # At 10 fps from 0.5 s: up by 0.9 s, held to 1.1 s, down to a half by 1.3 s, kept until 0.6 s
    # after the peak, at rest by 1.9 s. Rising frames count by their ends, falling ones by their
    # beginnings.
    got = envelope(
        0.5, attack=0.4, hold=0.2, decay=0.2, sustain=0.5, length=0.6, release=0.4, release_bend=1.0
    )
    expected = [0.25, 0.5, 0.75, 1, 1, 1, 1, 0.75, 0.5, 0.5, 0.5, 0.375, 0.25, 0.125, 0, 0]
    np.testing.assert_allclose(got[5:21], expected, atol=1e-9)
    assert not got[:5].any()


def test_bends_curve_the_segments():
    got = envelope(1.0, attack=0.4, attack_bend=2.0, release=0.2, release_bend=3.0)
    np.testing.assert_allclose(got[10:17], [0.0625, 0.25, 0.5625, 1, 1, 0.125, 0], atol=1e-9)


@given(st.floats(0.5, 3.9), st.floats(0.05, 0.4), st.sampled_from([10, 12, 15, 24, 60, "23.976"]))
def test_with_look_ahead_the_peak_is_in_the_hits_own_frame(time, attack, fps):
    frames = timeline(SONG, fps)
    frame = frames.frame_of(time)
    got = envelope(time, fps=fps, attack=attack, release=0.2, look_ahead=True)
    assert got[frame] == 1.0
    assert np.all(np.delete(got, frame) < 1.0)
    before = int(np.ceil(attack * float(frames.fps))) - 1  # frames that begin within the attack
    assert np.all(np.diff(got[max(frame - before, 0) : frame + 1]) > 0)
    assert not got[: max(frame - before, 0)].any()


@pytest.mark.parametrize("project_fps", [10, 15, 24])
def test_the_order_of_hits_and_equal_times_do_not_matter(project_fps):
    frames = timeline(SONG, 10, project_fps)
    times, weights = np.array([3.0, 1.0, 2.0, 2.0, 1.0]), np.array([0.5, 1.0, 0.7, 0.2, 1.0])
    release = np.array([0.3, 0.2, 0.4, 0.4, 0.2])
    got = hit_train(times, weights, HitShape(release=release), frames)
    kept = [1, 2, 0]
    alone = hit_train(times[kept], weights[kept], HitShape(release=release[kept]), frames)
    np.testing.assert_array_equal(got, alone)
    assert got.any()


@given(st.floats(0.5, 3.9), st.floats(0.0, 0.4), st.sampled_from([10, 12, 15, 24, 60, "23.976"]))
def test_without_it_nothing_moves_before_the_hit(time, attack, fps):
    frame = timeline(SONG, fps).frame_of(time)
    assert not envelope(time, fps=fps, attack=attack, release=0.2)[:frame].any()


def test_look_ahead_by_hand():
    got = envelope(1.0, attack=0.4, release=0.4, look_ahead=True)
    np.testing.assert_allclose(
        got[5:15], [0, 0, 0.25, 0.5, 0.75, 1, 0.5625, 0.25, 0.0625, 0], atol=1e-12
    )


@given(
    st.floats(0.5, 2.5),
    st.floats(0.0, 0.3), st.floats(0.0, 0.2), st.floats(0.0, 0.2), st.floats(0, 1),
    st.floats(0.0, 0.5), st.booleans(), st.sampled_from([(12, 48), (24, 12), (15, 60), (30, 12)]),
)  # fmt: skip
def test_a_hit_adds_up_to_the_same_at_another_frame_rate(
    time, attack, hold, decay, sustain, release, look_ahead, rates
):
    own, other = rates
    shape = {"attack": attack, "hold": hold, "decay": decay, "sustain": sustain, "release": release}
    shape["look_ahead"] = look_ahead
    here = envelope(time, fps=own, **shape)
    there = envelope(time, fps=other, project_fps=own, **shape)
    assert np.sum(there) / other == pytest.approx(np.sum(here) / own, rel=1e-9)


def test_for_strength_the_peak_keeps_its_height_instead():
    assert envelope(1.0, fps=48, project_fps=12, release=0.2).max() > 1.4
    assert envelope(1.0, fps=48, project_fps=12, release=0.2, evenly=False).max() == 1.0


def test_each_hit_may_have_its_own_spans():
    got = envelope(0.5, 2.0, release=np.array([0.2, 0.4]))
    np.testing.assert_allclose(got[5:8], [1, 0.25, 0], atol=1e-12)
    np.testing.assert_allclose(got[20:25], [1, 0.5625, 0.25, 0.0625, 0], atol=1e-12)


@pytest.mark.parametrize(("bpm", "close"), [(120, 1e-9), (97, 1e-3), (141.3, 1e-3)])
@pytest.mark.parametrize("release", [0.7, 2.0])
def test_hits_that_overlap_add_up_to_the_same(bpm, close, release):
    song = synthetic_song(60.0, bpm=bpm, first_beat=0.13)
    beats = song.beats[:-4]  # the last one is at rest before the end

    def total(fps):
        frames = timeline(song, fps, 12)
        return (
            np.sum(hit_train(beats, np.ones(len(beats)), HitShape(release=release), frames)) / fps
        )

    assert total(48) == pytest.approx(total(12), rel=close)


def test_a_weak_hit_does_not_cover_a_strong_one():
    frames = timeline(SONG, 48, 12)
    weights = np.array([1.0, 0.2, 1.0])
    got = hit_train(np.array([0.5, 1.0, 3.0]), weights, HitShape(release=0.4), frames)
    alone = hit_train(np.array([0.5]), weights[:1], HitShape(release=0.4), frames)
    assert got[24] == alone[24]


def test_many_hits_are_the_highest_of_their_parts():
    song = synthetic_song(200.0, bpm=400)
    frames = timeline(song, fps=30)
    rng = np.random.default_rng(0)
    weights = rng.uniform(0.1, 1.0, len(song.beats))
    spans = rng.uniform(0.0, 40.0, (2, len(song.beats)))

    def envelope(part):
        shape = HitShape(attack=spans[0][part], release=spans[1][part])
        return hit_train(song.beats[part], weights[part], shape, frames)

    parts = [envelope(slice(first, first + 100)) for first in range(0, len(song.beats), 100)]
    np.testing.assert_array_equal(envelope(slice(None)), np.max(parts, axis=0))


def test_too_many_frames_of_hits_are_refused_before_they_are_computed():
    song = synthetic_song(3600.0)
    with pytest.raises(ProjectError, match="frames of hits; at most 200,000,000 are allowed"):
        hit_train(
            song.beats, np.ones(len(song.beats)), HitShape(release=1e9), timeline(song, fps=60)
        )
