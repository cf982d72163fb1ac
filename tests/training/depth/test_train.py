"""The loss of the depth network, by hand, and what the degradations leave as it is."""

import numpy as np
import pytest
import torch

from phosphene.engines.depths.network import DepthNetwork
from training.depth.samples import CHUNK, REPAINTED, looks_of, shrunk
from training.depth.train import BATCH, batch, degraded, loss_of, transformed
from training.draw import SHAPES


@pytest.fixture
def pair():
    """A picture whose red channel is its nearness."""
    near = np.linspace(0, 255, 128).astype(np.uint8)[:, None] * np.ones((1, 160), np.uint8)
    return np.dstack([near, 255 - near, near // 2, near])


def test_the_loss_of_a_constant_error_is_that_error():
    near = torch.rand(2, 1, 32, 32)
    assert float(loss_of(near + 0.25, near)) == pytest.approx(0.25)
    assert float(loss_of(near, near)) == 0


def test_a_slope_in_the_error_costs_more():
    """0.01 px^-1 across: |x| has the mean 0.155; the slopes are 0.01, 0.02, 0.04 and 0.08."""
    wrong = 0.01 * torch.arange(32.0).expand(1, 1, 32, 32)
    near = torch.zeros(1, 1, 32, 32)
    assert float(loss_of(wrong, near)) == pytest.approx(0.155 + 0.15 / 4, rel=1e-4)


def test_degrading_changes_the_colours_alone(pair):
    rng = np.random.default_rng(0)
    found = [degraded(pair, rng) for _ in range(20)]
    assert all(np.array_equal(one[..., 3], pair[..., 3]) for one in found)
    assert len({one.tobytes() for one in found}) > 15


def test_turning_moves_colours_and_nearness_alike(pair):
    rng = np.random.default_rng(1)
    for _ in range(20):
        found = transformed(pair, rng).astype(int)
        assert found.shape == pair.shape
        assert np.abs(found[..., 0] - found[..., 3]).mean() < 3  # red was the nearness


def test_a_batch_has_one_shape_and_half_the_size_at_first():
    data = [np.zeros((3, *shape, 4), np.uint8) for shape in ((128, 128), (128, 224))]
    for coarse, shapes in ((False, [(128, 128), (128, 224)]), (True, [(64, 64), (64, 96)])):
        pictures, near = batch(data, np.random.default_rng(0), coarse)
        assert pictures.shape[2:] in shapes
        assert near.shape == (BATCH * (1 + coarse), 1, *pictures.shape[2:])


def test_the_pictures_are_others_than_those_of_worlds_and_of_every_shape():
    looks = looks_of(7)
    assert len(looks) == CHUNK
    assert looks == looks_of(7)
    assert looks_of(8)[0] != looks[0]
    assert np.gcd(REPAINTED, len(SHAPES)) == 1  # so pictures of every shape are repainted


def test_nearness_stays_crisp_when_a_picture_is_shrunk():
    near = np.zeros((192, 336), np.uint8)
    near[97:] = 200
    found = shrunk(np.dstack([near] * 3), near, 224, 128)
    assert found.shape == (128, 224, 4)
    assert set(np.unique(found[..., 3])) == {0, 200}
    assert len(np.unique(found[..., 0])) > 2


def test_a_new_network_takes_any_multiple_of_32():
    for shape in ((1, 3, 128, 224), (2, 3, 64, 96)):
        assert DepthNetwork()(torch.rand(shape)).shape == (shape[0], 1, *shape[2:])
