"""The contract of a source of depth: for any picture, a distance of every pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from phosphene.painting.depth import DepthSource, DepthSpec
from phosphene.project.tables.model import Depth
from phosphene.score.score import Score
from phosphene.testing.contract import (
    ContractError,
    Finding,
    NotMadeError,
    as_tests,
    examine,
    require,
)
from phosphene.testing.engines import SIZES, small_score, soft_picture

RANGES = ((0.5, 4.0), (0.2, 50.0))  # near and far


@dataclass(frozen=True)
class Estimator:
    """A source of depth under test."""

    spec: DepthSpec

    def loaded(self, score: Score, near: float = 0.5, far: float = 4.0) -> DepthSource:
        """A new instance of the source.

        Raises
        ------
        NotMadeError
            If it cannot be loaded.
        """
        import torch

        depth = Depth.model_validate({"source": self.spec.name, "near": near, "far": far})
        try:
            return self.spec.load(depth, score, torch.device("cpu"))
        except Exception as error:
            raise NotMadeError(
                f"load() raised {type(error).__name__}: {error}",
                "Fix load(depth, score, device); it returns a function of the picture.",
            ) from error


def shape(estimator: Estimator) -> None:
    """The distances are float32, (1, 1, height, width), on the picture's device."""
    for width, height in SIZES:
        score = small_score(width=width, height=height)
        distance = estimator.loaded(score)(soft_picture(score))
        expected = (1, 1, height, width)
        if str(distance.dtype) != "torch.float32" or tuple(distance.shape) != expected:
            raise ContractError(
                f"it returned {distance.dtype}, shape {tuple(distance.shape)}",
                f"Return float32, shape {expected}: (1, 1, height, width).",
            )


def in_range(estimator: Estimator) -> None:
    """The distances are finite, and within the range of the project."""
    score = small_score()
    for near, far in RANGES:
        for picture in (soft_picture(score), 0.0 * soft_picture(score)):
            distance = estimator.loaded(score, near, far)(picture)
            low, high = float(distance.min()), float(distance.max())
            if not near * 0.999 <= low <= high <= far * 1.001:  # also false for NaN
                raise ContractError(
                    f"near = {near}, far = {far}: its distances run from {low:.3g} to {high:.3g}",
                    "Scale relative nearness with depth.distance(nearness), or clamp to "
                    "depth.near and depth.far.",
                )


def picture_unchanged(estimator: Estimator) -> None:
    """The picture that it receives is not changed."""
    score = small_score()
    given = soft_picture(score)
    before = given.clone()
    estimator.loaded(score)(given)
    if not given.equal(before):
        raise ContractError("it changed the picture that it received", "Work on a clone().")


def nothing_kept(estimator: Estimator) -> None:
    """The same picture has the same depth, to the bit, whatever the earlier pictures."""
    score = small_score()
    given, used = soft_picture(score), estimator.loaded(score)
    used(1.0 - given)
    if not estimator.loaded(score)(given).equal(used(given)):
        raise ContractError(
            "the depth depends on earlier pictures",
            "Keep no state between pictures: a resumed render would jump.",
        )


def fixed_if_it_says_so(estimator: Estimator) -> None:
    """With `fixed`, every picture has the same depth."""
    score = small_score()
    source, given = estimator.loaded(score), soft_picture(score)
    if estimator.spec.fixed and not source(given).equal(source(1.0 - given)):
        raise ContractError(
            "the spec is `fixed`, but two pictures differ in depth", "Remove fixed=True."
        )


CHECKS = {
    check.__name__: check
    for check in (shape, in_range, picture_unchanged, nothing_kept, fixed_if_it_says_so)
}
"""Every check of a source of depth, by name."""


def examine_depth(spec: DepthSpec) -> list[Finding]:
    """Examine a source of depth by every check; a finding each, passed or not."""
    return examine(CHECKS, Estimator(spec))


def check_depth(spec: DepthSpec) -> None:
    """Raise if a source of depth breaks its contract.

    Raises
    ------
    ContractError
        An AssertionError that lists every check that failed, and how to fix it.
    """
    require(examine_depth(spec), spec.name)


@as_tests(CHECKS, lambda self: Estimator(self.spec))
class DepthContract:
    """The contract as tests: inherit it, and name the source.

    Attributes
    ----------
    spec : DepthSpec
    """

    spec: ClassVar[DepthSpec]
