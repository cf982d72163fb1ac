"""An engine wrapper that measures time."""

from __future__ import annotations

import time

import torch

from phosphene.painting.engine import Engine
from phosphene.painting.motion.noise import SceneNoise
from phosphene.score.score import Row


class Timed:
    """Wraps an engine; `spent` is its painting time in seconds."""

    def __init__(self, engine: Engine) -> None:
        self.device = engine.device
        self.noise_shape = getattr(engine, "noise_shape", None)
        self.spent = 0.0
        self._engine = engine

    def first(self, row: Row) -> torch.Tensor:
        """The engine's method; not measured."""
        return self._engine.first(row)

    def img2img(self, picture: torch.Tensor, row: Row, *noise: SceneNoise) -> torch.Tensor:
        """The engine's method, measured."""
        begun = time.perf_counter()
        painted = self._engine.img2img(picture, row, *noise)
        self.spent += time.perf_counter() - begun
        return painted
