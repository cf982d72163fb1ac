"""What the contract of an engine examines it with: a small Score and a soft picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from phosphene.painting.engine import Engine, EngineSpec
from phosphene.project.schema import Model
from phosphene.score.channels import CHANNELS
from phosphene.score.score import Score
from phosphene.testing.contract import NotMadeError

if TYPE_CHECKING:
    import torch

PROMPTS = ("a forest at night", "a city in the rain")  # for an engine that takes any text


def small_score(
    prompts: Sequence[str] = PROMPTS, n: int = 3, width: int = 64, height: int = 48, seed: int = 42
) -> Score:
    """A Score in memory that morphs from the first prompt to the last, every channel neutral.

    Parameters
    ----------
    prompts : sequence of str
        At least one.
    n : int
        Frames, at 15 fps.
    width, height : int
        px.
    seed : int
        Of the first frame.

    Returns
    -------
    Score
    """
    place = np.linspace(0.0, len(prompts) - 1.0, n)
    weights = np.maximum(1.0 - np.abs(place[:, None] - np.arange(len(prompts))), 0.0)
    return Score(
        fps=Fraction(15),
        width=width,
        height=height,
        frames=np.arange(n),
        channels={name: np.full(n, channel.neutral) for name, channel in CHANNELS.items()},
        prompts=tuple(prompts),
        weights=weights,
        negative="",
        seeds=seed + np.arange(n),
        diffuses=np.ones(n, dtype=bool),
    )


@dataclass(frozen=True)
class Painter:
    """An engine that is examined, by its own examples of prompts."""

    spec: EngineSpec

    def score(self, width: int = 64, height: int = 48) -> Score:
        """What it paints."""
        return small_score(self.spec.examples or PROMPTS, width=width, height=height)

    def loaded(self, score: Score | None = None) -> Engine:
        """The engine, made anew.

        Raises
        ------
        NotMadeError
            If it can not be loaded.
        """
        try:
            return self.spec.load(
                Model.model_validate({"name": self.spec.name, "device": "cpu"}),
                score or self.score(),
            )
        except Exception as error:
            raise NotMadeError(
                f"load() raised {type(error).__name__}: {error}",
                "Mend load(model, score), or give its spec `examples` that it understands.",
            ) from error


def soft_picture(score: Score) -> torch.Tensor:
    """A soft, colourful picture of the Score's size."""
    import torch

    y = torch.linspace(0, 1, score.height).view(1, -1, 1)
    x = torch.linspace(0, 1, score.width).view(1, 1, -1)
    phase = torch.tensor([0.0, 2.0, 4.0]).view(3, 1, 1)
    return (0.5 + 0.4 * torch.sin(9.0 * x + 6.0 * y * y + phase)).unsqueeze(0)
