"""The drawn depths: their distances by hand, and the contract of each."""

import pytest
import torch

from phosphene.engines.depths.drawn import SPACES
from phosphene.project.tables.model import Depth
from phosphene.testing import check_depth, small_score

NAMES = [space.__name__ for space in SPACES]


def distances(registry, name, width=65, height=49, near=0.5, far=4.0):
    depth = Depth.model_validate({"source": name, "near": near, "far": far})
    score = small_score(width=width, height=height)
    source = registry.depths[name].load(depth, score, torch.device("cpu"))
    return source(torch.zeros(1, 3, height, width))[0, 0]


@pytest.mark.parametrize("name", NAMES)
def test_each_keeps_the_contract(registry, name):
    check_depth(registry.depths[name])


def test_the_plane_is_at_a_distance_of_1(registry):
    assert torch.equal(distances(registry, "plane"), torch.ones(49, 65))


def test_the_inverse_distance_of_a_ramp_is_linear(registry):
    """Of a tilted plane it is; from 1/4 at the top to 1/0.5 at the bottom."""
    inverse = 1.0 / distances(registry, "ramp")
    torch.testing.assert_close(inverse[:, 7], torch.linspace(0.25, 2.0, 49))
    torch.testing.assert_close(inverse[:, 7], inverse[:, 60])


def test_the_ground_is_level_up_to_the_horizon(registry):
    """Level ground: the distance times the height below the horizon is constant."""
    found = distances(registry, "ground")
    below = torch.arange(49) - 24.0
    visible = (below > 0) & (found[:, 0] < 4.0)
    torch.testing.assert_close(
        (found[:, 0] * below)[visible], torch.full([int(visible.sum())], 12.0)
    )
    assert (found[:25] == 4.0).all()


def test_the_tunnel_is_a_cylinder(registry):
    """The distance times the radius is constant, and the end is far."""
    found = distances(registry, "tunnel")
    y, x = torch.meshgrid(torch.arange(49) - 24.0, torch.arange(65) - 32.0, indexing="ij")
    radius = torch.hypot(x * 65 / 64, y * 49 / 48)
    wall = found < 4.0
    torch.testing.assert_close((found * radius)[wall], 0.5 * radius.max().expand(int(wall.sum())))
    assert found[24, 32] == 4.0
    assert found[0, 0] == pytest.approx(0.5)


def test_the_bowl_is_far_in_the_middle(registry):
    found = distances(registry, "bowl")
    assert found[24, 32] == pytest.approx(4.0)
    assert found[0, 0] == pytest.approx(0.5)
    assert (torch.diff(found[24, 32:]) < 0).all()
