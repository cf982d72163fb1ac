"""Depth of pictures: how a source is registered and loaded, and how the frame loop gets it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phosphene.errors import EngineError
from phosphene.painting.engine import DrawingEngine, Engine

if TYPE_CHECKING:
    import torch

    from phosphene.project.tables.model import Depth
    from phosphene.score.score import Row, Score

warn = logging.getLogger(__name__).warning
DepthSource = Callable[["torch.Tensor"], "torch.Tensor"]
"""source(picture) returns the distance of every pixel, in distances of the picture plane.

The picture is float32, shape (1, 3, height, width), 0 to 1, and is not changed; the distances are
float32, shape (1, 1, height, width), on the same device. They are clamped to the project's range.
"""


@dataclass(frozen=True)
class DepthSpec:
    """A source of depth that a project can choose.

    Parameters
    ----------
    name : str
        Its name in a project: `[depth] source = "..."`.
    description : str
        One line for the docs.
    load : callable
        load(depth, score, device) returns a `DepthSource`. `depth` is the project's `[depth]`,
        whose method `distance` converts relative nearness. Heavy libraries are imported only when
        it is called.
    fixed : bool
        True if the depth is the same for every picture, so that it is computed once.
    """

    name: str
    description: str
    load: Callable[[Depth, Score, torch.device], DepthSource]
    fixed: bool = False


@dataclass(frozen=True)
class SceneDepth:
    """A loaded source of depth, with the settings of the project.

    Parameters
    ----------
    spec : DepthSpec
    settings : Depth
        The project's `[depth]`.
    source : callable
        See `DepthSource`.
    """

    spec: DepthSpec
    settings: Depth
    source: DepthSource

    def disparity(self, picture: torch.Tensor) -> torch.Tensor:
        """The inverse distance of every pixel, scaled by the project's `strength`.

        Returns
        -------
        Tensor, float32, shape (1, 1, height, width)

        Raises
        ------
        EngineError
            If the source returns another shape.
        """
        distance = self.source(picture)
        expected = (1, 1, *picture.shape[-2:])
        if tuple(distance.shape) != expected:
            raise EngineError(
                f"depth.source: '{self.spec.name}' returned the shape {tuple(distance.shape)}",
                f"Expected {expected}: (1, 1, height, width).",
            )
        about = self.settings
        distance = distance.float().nan_to_num(about.far).clamp(about.near, about.far)
        return 1.0 + about.strength * (1.0 / distance - 1.0)


class EngineWithDepth:
    """An engine with the depth of its pictures as the attribute `depth`."""

    def __init__(self, engine: Engine, depth: SceneDepth) -> None:
        self.device, self.depth, self._engine = engine.device, depth, engine
        self.noise_shape = getattr(engine, "noise_shape", None)
        if hasattr(engine, "disparity"):  # its ControlNets see the depth
            engine.disparity = depth.disparity

    def first(self, row: Row) -> torch.Tensor:
        """See `Engine.first`."""
        return self._engine.first(row)

    def img2img(self, picture: torch.Tensor, row: Row, *noise: object) -> torch.Tensor:
        """See `Engine.img2img`."""
        return self._engine.img2img(picture, row, *noise)


def with_depth(engine: Engine, spec: DepthSpec | None, depth: Depth | None, score: Score) -> Engine:
    """Load a project's depth for an engine.

    Parameters
    ----------
    engine : Engine
    spec : DepthSpec or None
    depth : Depth or None
        The project's `[depth]`.
    score : Score

    Returns
    -------
    Engine
        The engine itself if the project has no depth.
    """
    if spec is None or depth is None:
        return engine
    if isinstance(engine, DrawingEngine):
        warn("[depth] is not shown: this model draws a flat plane at a distance of 1")
        return engine
    return EngineWithDepth(engine, SceneDepth(spec, depth, spec.load(depth, score, engine.device)))
