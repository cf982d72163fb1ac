"""The engine: blends the picture with its repainted version by strength."""

from __future__ import annotations

import torch
from phosphene import Row, Score

from phosphene_styletransfer.ground import ground
from phosphene_styletransfer.network import Network
from phosphene_styletransfer.styles import shares


class Painter:
    """Repaints the picture in a mix of styles, weighted by the prompts.

    Raises
    ------
    ProjectError
        If a prompt names an unknown style.
    """

    def __init__(self, score: Score) -> None:
        self._shares = shares(score.prompts)
        self._size = (score.height, score.width)
        self._network = Network()
        self.device = torch.device("cpu")

    def first(self, row: Row) -> torch.Tensor:
        """Soft clouds of the row's seed, in the row's style."""
        return self._network(ground(*self._size, row.seed), row.weights @ self._shares)

    def img2img(self, picture: torch.Tensor, row: Row) -> torch.Tensor:
        """The picture at strength 0, the repainted one at strength 1, and blends in between."""
        if row.strength == 0.0:
            return picture
        painted = self._network(picture, row.weights @ self._shares)
        return torch.lerp(picture, painted, row.strength)
