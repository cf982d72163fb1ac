"""Poses: two frames see the same point of a plane where the step between them says."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scores import score

from phosphene.engines.preview.plane import PERIOD
from phosphene.engines.preview.poses import pose_table, poses
from phosphene.painting.motion.step import step_matrix

WIDTH, HEIGHT = 320, 200
CENTRE = np.array([(WIDTH - 1) / 2, (HEIGHT - 1) / 2])


def step(**channels):
    about = score(n=1)
    row = about.row(0)
    return step_matrix(replace(row, channels=row.channels | channels), WIDTH, HEIGHT)


def seen(steps):
    return poses(pose_table(np.array([np.eye(3), *steps]), WIDTH, HEIGHT, 1.0))


def texel(pose, pixel):
    """Where a pixel's place is on the plane, in texels of the pose's coarsest octave."""
    away = pixel - CENTRE
    return pose.turn @ away / (1.0 + pose.lean @ away) + pose.position


def missed(one, other, moved, pixel):
    """How far apart two frames see a point, in px of the second."""
    homogeneous = moved @ [*pixel, 1.0]
    places = [texel(one, pixel), texel(other, homogeneous[:2] / homogeneous[2])]
    finest = max(one.octave, other.octave)
    first, second = (
        place * 2.0 ** (finest - pose.octave)
        for place, pose in zip(places, (one, other), strict=True)
    )
    apart = (first - second + PERIOD / 2) % PERIOD - PERIOD / 2
    size = np.sqrt(abs(np.linalg.det(other.turn))) * 2.0 ** (finest - other.octave)
    return np.abs(apart).max() / size


MOVES = {
    "zoom in": {"zoom": 1.05, "rotation": 1.0, "translation_x": 2.3},
    "zoom in as no float can": {"zoom": 4.0, "rotation": 1.0, "translation_x": 2.3},
    "zoom out": {"zoom": 0.95, "rotation": -0.7, "translation_y": -3.1},
    "zoom out as no float can": {"zoom": 0.25, "translation_x": 5.0},
    "travel": {"translation_x": 7.7, "translation_y": -1.9},
    "pan": {"pan": 1.0, "tilt": 0.3},
    "pan at a wide angle": {"pan": 2.0, "rotation": 1.0, "field_of_view": 120.0, "zoom": 1.01},
}


@pytest.mark.parametrize("name", MOVES)
def test_a_plane_moves_by_the_step_to_a_millionth_of_a_pixel(name):
    moved = step(**MOVES[name])
    frames = seen([moved] * 800)
    pixel = np.array([200.0, 60.0])
    apart = [
        missed(one, other, moved, pixel)
        for before, after in pairwise(frames)
        for one in before
        for other in after
        if one.plane == other.plane
    ]
    assert len(apart) >= 800
    assert max(apart) < 1e-6


def test_the_way_back_returns_to_the_start():
    there = [step(zoom=1.5, rotation=3.0, translation_x=9.0)] * 300
    back = [np.linalg.inv(one) for one in there]
    first, *_, last = seen([*there, *back])
    assert first[0].octave == last[0].octave
    np.testing.assert_allclose(last[0].turn, first[0].turn, rtol=1e-9, atol=1e-12)
    apart = (last[0].position - first[0].position + PERIOD / 2) % PERIOD - PERIOD / 2
    np.testing.assert_allclose(apart, 0.0, atol=1e-6)


def test_planes_fade_before_they_are_seen_edge_on():
    frames = seen([step(pan=1.0)] * 400)
    assert len({pose.plane for both in frames for pose in both}) == 8  # one every 60 degrees
    corner = np.array([WIDTH, HEIGHT]) / 2
    for both in frames:
        assert sum(pose.share for pose in both) == pytest.approx(1.0)
        for pose in both:
            assert np.abs(pose.lean * corner).sum() < 0.5 or pose.share < 0.01
    shares = [next((p.share for p in both if p.plane == 1), 0.0) for both in frames]
    assert np.abs(np.diff(shares)).max() < 0.1


def test_without_perspective_there_is_one_plane():
    frames = seen([step(zoom=1.01, rotation=2.0, translation_x=3.0, dolly=0.1)] * 300)
    assert {len(both) for both in frames} == {1}
    assert {pose.plane for both in frames for pose in both} == {0}


def test_a_step_beyond_the_horizon_is_a_cut():
    frames = seen([step(pan=60.0, tilt=60.0, field_of_view=150.0)] * 5)
    assert [[pose.plane for pose in both] for both in frames] == [[n] for n in range(6)]


@pytest.mark.parametrize(
    "channels",
    [
        {"zoom": 1e3, "dolly": 5.0}, {"zoom": 1e-3, "dolly": -5.0, "translation_x": 1e6},
        {"translation_x": 1e300, "zoom": 0.5}, {"rotation": 1e9, "pan": -60.0},
        {"zoom": 1e3, "pan": 59.0, "tilt": -60.0, "field_of_view": 5.0},
    ],
)  # fmt: skip
def test_any_step_is_possible(channels):
    for both in seen([step(**channels)] * 60):
        assert sum(pose.share for pose in both) > 0.4
        for pose in both:
            assert np.isfinite(pose.turn).all()
            assert np.isfinite(pose.lean).all()
            assert ((pose.position >= 0.0) & (pose.position < PERIOD)).all()
