"""The contract of an engine: its input, its output, and no state between frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from phosphene.painting.engine import Engine, EngineSpec
from phosphene.project.tables.model import Model
from phosphene.score.channels import CHANNELS
from phosphene.score.score import Row, Score
from phosphene.testing.contract import (
    ContractError,
    Finding,
    NotMadeError,
    as_tests,
    examine,
    require,
)

if TYPE_CHECKING:
    import torch


PROMPTS = ("a forest at night", "a city in the rain")  # for engines that accept any text


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
    """An engine under test, with its own example prompts."""

    spec: EngineSpec

    def score(self, width: int = 64, height: int = 48) -> Score:
        """The Score to paint."""
        return small_score(self.spec.examples or PROMPTS, width=width, height=height)

    def loaded(self, score: Score | None = None) -> Engine:
        """A new instance of the engine.

        Raises
        ------
        NotMadeError
            If it cannot be loaded.
        """
        try:
            return self.spec.load(
                Model.model_validate({"name": self.spec.name, "device": "cpu"}),
                score or self.score(),
            )
        except Exception as error:
            raise NotMadeError(
                f"load() raised {type(error).__name__}: {error}",
                "Fix load(model, score), or give its spec `examples` that it supports.",
            ) from error


def soft_picture(score: Score) -> torch.Tensor:
    """A soft, colourful picture of the Score's size."""
    import torch

    y = torch.linspace(0, 1, score.height).view(1, -1, 1)
    x = torch.linspace(0, 1, score.width).view(1, 1, -1)
    phase = torch.tensor([0.0, 2.0, 4.0]).view(3, 1, 1)
    return (0.5 + 0.4 * torch.sin(9.0 * x + 6.0 * y * y + phase)).unsqueeze(0)


SIZES = ((64, 48), (70, 86))  # width and height, in px
WEAK, STRONG = 0.1, 0.9


def first_picture(painter: Painter) -> None:
    """The first picture is float32, (1, 3, height, width), 0 to 1, on the engine's device."""
    for width, height in SIZES:
        score = painter.score(width, height)
        engine = painter.loaded(score)
        _check_picture(engine.first(score.row(0)), score, engine, "first()")


def repainted(painter: Painter) -> None:
    """A repainted picture has the shape, type, range and device of the one that it receives."""
    for width, height in SIZES:
        score = painter.score(width, height)
        engine = painter.loaded(score)
        _check_picture(
            engine.img2img(soft_picture(score), score.row(1)), score, engine, "img2img()"
        )


def picture_unchanged(painter: Painter) -> None:
    """The picture that it receives is not changed."""
    score = painter.score()
    given = soft_picture(score)
    before = given.clone()
    painter.loaded().img2img(given, score.row(1))
    if not given.equal(before):
        raise ContractError("img2img() changed the picture that it received", "Work on a clone().")


def deterministic(painter: Painter) -> None:
    """The same picture and row give the same picture, to the bit."""
    score = painter.score()
    one, two = (painter.loaded(), painter.loaded())
    pairs = {
        "first()": (one.first(score.row(0)), two.first(score.row(0))),
        "img2img()": tuple(e.img2img(soft_picture(score), score.row(1)) for e in (one, two)),
    }
    for name, (a, b) in pairs.items():
        if not a.equal(b):
            raise ContractError(
                f"{name} differs between two calls",
                "Draw noise from torch.Generator().manual_seed(row.seed).",
            )


def nothing_kept(painter: Painter) -> None:
    """A frame depends on earlier ones only through the picture, so that renders can be resumed."""
    score = painter.score()
    fresh = painter.loaded().img2img(soft_picture(score), score.row(2))
    used = painter.loaded()
    used.img2img(used.img2img(soft_picture(score), score.row(0)), score.row(1))
    if not fresh.equal(used.img2img(soft_picture(score), score.row(2))):
        raise ContractError(
            "img2img() depends on earlier frames",
            "Keep no state between frames: a resumed render would jump.",
        )


def strength_counts(painter: Painter) -> None:
    """More strength changes more, unless `strength` is in the spec's `ignores`."""
    if "strength" in painter.spec.ignores:
        return
    score = painter.score()
    engine, given = painter.loaded(), soft_picture(score)
    weak, strong = (
        float((engine.img2img(given, _at(score.row(1), strength)) - given).abs().mean())
        for strength in (WEAK, STRONG)
    )
    if not weak < strong:
        raise ContractError(
            f"strength {WEAK} changes the picture by {weak:.4f}, and {STRONG} by {strong:.4f}",
            'Use row.strength, or set ignores=frozenset({"strength"}).',
        )


def prompts_count(painter: Painter) -> None:
    """Different prompts paint different pictures."""
    score = painter.score()
    engine = painter.loaded()
    first, *_, last = (
        engine.img2img(soft_picture(score), replace(score.row(1), weights=score.weights[i]))
        for i in range(len(score))
    )
    if len(score.prompts) > 1 and first.equal(last):
        raise ContractError("every prompt paints the same picture", "Use row.weights.")


CHECKS = {
    check.__name__: check
    for check in (
        first_picture, repainted, picture_unchanged, deterministic, nothing_kept,
        strength_counts, prompts_count,
    )
}  # fmt: skip
"""Every check of an engine, by name."""


def examine_engine(spec: EngineSpec) -> list[Finding]:
    """Examine an engine by every check; a finding each, passed or not.

    It paints the `examples` of the spec, or else two prompts in plain English.
    """
    return examine(CHECKS, Painter(spec))


def check_engine(spec: EngineSpec) -> None:
    """Raise if an engine breaks its contract; takes what `examine_engine` takes.

    Raises
    ------
    ContractError
        An AssertionError that lists every check that failed, and the fixes.
    """
    require(examine_engine(spec), spec.name)


@as_tests(CHECKS, lambda self: Painter(self.spec))
class EngineContract:
    """The contract as tests: inherit it, and name the engine.

    Attributes
    ----------
    spec : EngineSpec
        Its `examples` are painted.
    """

    spec: ClassVar[EngineSpec]


def _at(row: Row, strength: float) -> Row:
    return replace(row, channels={**row.channels, "strength": strength})


def _check_picture(picture: torch.Tensor, score: Score, engine: Engine, what: str) -> None:
    import torch

    shape = (1, 3, score.height, score.width)
    if tuple(picture.shape) != shape or picture.dtype != torch.float32:
        raise ContractError(
            f"{what} returned {picture.dtype}, shape {tuple(picture.shape)}",
            f"Return float32, shape {shape}: (1, 3, height, width).",
        )
    if not bool(torch.isfinite(picture).all()) or picture.min() < 0 or picture.max() > 1:
        raise ContractError(
            f"{what} returned values from {float(picture.min()):.3g} to {float(picture.max()):.3g}",
            "Clamp to 0..1, and check for values that are not finite.",
        )
    if picture.device != engine.device:
        raise ContractError(
            f"{what} returned a picture on {picture.device}; engine.device is {engine.device}",
            "Return it on engine.device.",
        )
