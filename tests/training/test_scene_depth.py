"""What a drawing knows of its depth: how near everything in it is, beside the same picture."""

import numpy as np
import pytest

from training.canvas import WALL, Canvas
from training.look import EXTRAS, Look
from training.scenes import SCENES, paint, paint_with_depth
from training.scenes.mixing import GROUNDS

ROOFED = ("forest", "jungle", "temple", "street", "ice")  # something may be near the upper edge


def near(world: str, seed: int = 3, width: int = 96, height: int = 96, **about: str) -> np.ndarray:
    return paint_with_depth(Look(world, **about), seed, width, height)[1]


@pytest.mark.parametrize("world", SCENES)
def test_a_world_knows_its_depth_and_paints_the_same_picture(world, monkeypatch):
    look = Look(world, extra=world in EXTRAS)
    picture, nearness = paint_with_depth(look, 3, 112, 64)
    assert (nearness.shape, nearness.dtype) == ((64, 112), np.float32)
    assert nearness.min() >= 0
    assert nearness.max() <= 1
    monkeypatch.setattr(Canvas, "place", lambda *given: None)
    monkeypatch.setattr(Canvas, "backdrop", lambda *given: None)
    assert np.array_equal(picture, paint(look, 3, 112, 64))


@pytest.mark.parametrize("world", GROUNDS)
def test_the_ground_is_nearest_at_the_lower_edge_and_the_sky_is_far(world):
    for seed in range(1, 4):
        nearness = near(world, seed)
        if world == "ice" and nearness[0].max() > 0:
            continue  # a cave
        assert np.median(nearness[-1]) > 0.9
        if world not in ROOFED:
            assert np.median(nearness[0]) == 0


def test_level_ground_is_linear_in_the_height():
    """Inverse distance of level ground: in proportion to the height below the horizon."""
    columns = near("ocean", 2)[:, ::10]
    below = columns > 0.05  # the island is at 0.03
    steps = np.diff(columns, axis=0)[below[:-1] & below[1:]]
    assert np.allclose(steps, steps[0], atol=1e-5)
    assert np.all(columns[-1] > 1 - steps[0])


def test_flat_worlds_are_a_wall():
    for world in ("glass", "marble"):
        assert np.all(near(world) == np.float32(WALL))


def test_a_planet_is_before_the_stars():
    nearness = near("planets")
    assert nearness.max() > 0.4
    assert np.median(nearness) < 0.1


def test_trees_that_stand_lower_are_nearer():
    """Each stands upright: one nearness above its foot."""
    canvas = Canvas(64, 64, np.random.default_rng(0))
    canvas.backdrop(0)
    trunk = (np.abs(canvas.x - 0.5) < 0.1).astype(np.float32)
    canvas.stand(trunk, 0.75, horizon=0.5)
    assert np.allclose(canvas.near[:48, 32], 0.5)
    assert canvas.near[-1, 32] == pytest.approx((63.5 / 64 - 0.5) / 0.5)
    assert np.all(canvas.near[:, 0] == 0)


def test_the_sky_of_another_world_is_far():
    nearness = near("ocean", 4, second="galaxy")
    assert 0 < nearness[:20].max() <= 0.15
    assert nearness[-1].min() > 0.9


def test_two_worlds_side_by_side_have_the_depth_of_each():
    both = near("glass", 5, second="marble")
    assert np.allclose(both, WALL)
