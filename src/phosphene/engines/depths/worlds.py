"""Depth that a bundled network estimates from each picture of `worlds`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from phosphene.authoring import hookimpl
from phosphene.painting.depth import DepthSource, DepthSpec

if TYPE_CHECKING:
    import torch

    from phosphene.project.tables.model import Depth
    from phosphene.score.score import Score


def load_worlds(depth: Depth, score: Score, device: torch.device) -> DepthSource:
    """Load the bundled network; see `phosphene.painting.depth.DepthSpec`.

    Its estimates are not scaled to the range of `depth` one by one, so they are steady: the sky is
    at `far`, the ground at the lower edge at `near`, and a flat pattern at a distance of about 1.
    """
    import torch.nn.functional as F

    from phosphene.engines.depths.network import input_size, load_network
    from phosphene.engines.openvino_graphs import Graphs

    network = load_network().to(device)
    run = Graphs(network, network.forward) if device.type == "cpu" else network
    size = input_size(score.width, score.height)

    def estimate(picture: torch.Tensor) -> torch.Tensor:
        small = F.interpolate(picture, size, mode="bilinear", antialias=True, align_corners=False)
        nearness = F.interpolate(
            run(small), picture.shape[-2:], mode="bilinear", align_corners=False
        )
        return depth.distance(nearness.clamp(0.0, 1.0))

    return estimate


@hookimpl
def register_depths(register: Callable[[DepthSpec], None]) -> None:
    description = "estimated from each picture by a small network for pictures of `worlds`"
    register(DepthSpec("worlds", description, load_worlds))
