"""Drawn depths: simple spaces that depend only on the position of the pixel."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from phosphene.authoring import hookimpl
from phosphene.painting.depth import DepthSource, DepthSpec

if TYPE_CHECKING:
    import torch

    from phosphene.project.tables.model import Depth
    from phosphene.score.score import Score

Space = Callable[["Depth", "torch.Tensor", "torch.Tensor"], "torch.Tensor"]
"""The distance of each pixel, by its height and its radius.

The height runs from -1 at the top to 1 at the bottom, and the radius from 0 in the middle to 1 in
the corners.
"""


def plane(depth: Depth, height: torch.Tensor, radius: torch.Tensor) -> torch.Tensor:
    """A wall at a distance of 1."""
    return radius.new_ones(radius.shape)


def ramp(depth: Depth, height: torch.Tensor, radius: torch.Tensor) -> torch.Tensor:
    """A tilted plane from the far distance at the top to the near one at the bottom."""
    return depth.distance(0.5 * (1.0 + height))


def ground(depth: Depth, height: torch.Tensor, radius: torch.Tensor) -> torch.Tensor:
    """A level plane, near at the bottom, up to the horizon in the middle; the sky is far."""
    return depth.near / height.clamp_min(1e-6)


def tunnel(depth: Depth, height: torch.Tensor, radius: torch.Tensor) -> torch.Tensor:
    """A cylinder around the line of sight, near in the corners, with a far end."""
    return depth.near / radius.clamp_min(1e-6)


def bowl(depth: Depth, height: torch.Tensor, radius: torch.Tensor) -> torch.Tensor:
    """A round hollow, near in the corners, whose bottom in the middle is far."""
    return depth.distance(radius**2)


SPACES: dict[Space, str] = {
    plane: "a flat wall: the camera as it is without depth",
    ramp: "a slope, far at the top and near at the bottom",
    ground: "level ground up to a horizon in the middle, and a far sky",
    tunnel: "a round tunnel with a far end in the middle",
    bowl: "a hollow, far in the middle and near in the corners",
}


def load_drawn(space: Space, depth: Depth, score: Score, device: torch.device) -> DepthSource:
    """A source with the same depth for every picture."""
    import torch

    across = torch.linspace(-1.0, 1.0, score.width)[None, :] * score.width
    down = torch.linspace(-1.0, 1.0, score.height)[:, None] * score.height
    radius = torch.hypot(across, down)
    height = (down / score.height).expand_as(radius)
    distance = space(depth, height, radius / radius.max()).clamp(depth.near, depth.far)
    on_device = distance[None, None].to(device)
    return lambda picture: on_device


@hookimpl
def register_depths(register: Callable[[DepthSpec], None]) -> None:
    for space, description in SPACES.items():
        load = partial(load_drawn, space)
        register(DepthSpec(space.__name__, description, load, fixed=True))
