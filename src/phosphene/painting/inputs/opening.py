"""Opens the guides and masks of a Score while it is painted."""

from __future__ import annotations

from dataclasses import replace
from typing import Self

import torch

from phosphene.painting.engine import Engine
from phosphene.painting.inputs.guides import Clips, Guides
from phosphene.painting.inputs.masks import Masks
from phosphene.painting.motion.noise import SceneNoise
from phosphene.score.score import Row, Score


class OpenInputs:
    """The guides and masks of a Score. Files are opened when they are first needed.

    Parameters
    ----------
    score : Score
    engine : Engine
        With depth, masks can choose by distance.
    """

    def __init__(self, score: Score, engine: Engine) -> None:
        self._score, self._engine = score, engine
        self._clips = Clips(score)
        depth = getattr(engine, "depth", None)
        strength = 1.0 if depth is None else depth.settings.strength
        self.guides = Guides(score, engine.device, self._clips)
        self.masks = Masks(score, engine.device, self._clips, strength)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._clips.close()

    def begun(self, picture: torch.Tensor, row: Row, noise: SceneNoise | None) -> torch.Tensor:
        """A scene's first picture as shown: with guides mixed in, and repainted like later frames.

        Parameters
        ----------
        picture : Tensor
            From `phosphene.painting.loop.first_picture`.
        row : Row
            The first row of the scene.
        noise : SceneNoise or None
            The scene's noise.
        """
        score, strength = self._score, 0.0
        if row.scene == 0 and score.image is not None:
            strength = score.image_strength
        if self.guides.starts(row):
            picture, strength = self.guides.mixed(picture, row), max(strength, row.strength)
        if strength <= 0.0:
            return picture
        row = replace(row, channels={**row.channels, "strength": strength})
        return self._engine.img2img(picture, row, *([] if noise is None else [noise]))
