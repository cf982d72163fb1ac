"""The contract of an upscaler: larger pictures, equal colours, and no randomness."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from phosphene.screen.upscalers import UpscalerSpec
from phosphene.testing.contract import (
    ContractError,
    Finding,
    NotMadeError,
    as_tests,
    examine,
    require,
)

HEIGHT, WIDTH = 48, 64
CLOSE = 6.0  # levels by which the mean of a flat colour may differ
ALIKE = 16.0  # levels by which the picture may differ on average, reduced to its old size


def _picture() -> NDArray[np.uint8]:
    """Soft waves, red across and green down, with an edge in blue."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    red, green = (128 + 100 * np.sin(line / 7.0) for line in (x, y))
    return np.stack([red, green, 200.0 * (x > WIDTH // 2)], -1).astype(np.uint8)


def _large(
    spec: UpscalerSpec, factor: int, *pictures: NDArray[np.uint8]
) -> list[NDArray[np.uint8]]:
    try:
        upscale = spec.load(factor)
        large = [upscale(picture) for picture in pictures]
    except Exception as error:
        raise NotMadeError(
            f"factor {factor}: {type(error).__name__}: {error}",
            "Enlarge any picture, by every factor in `factors`.",
        ) from error
    for picture in large:
        expected = HEIGHT * factor, WIDTH * factor, 3
        given = getattr(picture, "dtype", type(picture).__name__), np.shape(picture)
        if given != (np.uint8, expected):
            raise ContractError(
                f"factor {factor}: returned {given[0]} of shape {given[1]}",
                f"Return uint8 of shape {expected} for a picture of {(HEIGHT, WIDTH, 3)}.",
            )
    return large


def enlarges(spec: UpscalerSpec) -> None:
    """The result is uint8, larger by the factor, and shows the same picture."""
    for factor in spec.factors:
        (large,) = _large(spec, factor, _picture())
        small = large.reshape(HEIGHT, factor, WIDTH, factor, 3).mean((1, 3))
        if (apart := np.abs(small - _picture()).mean()) > ALIKE:
            raise ContractError(
                f"factor {factor}: reduced again, it differs by {apart:.0f} levels on average",
                "Pictures are RGB, 0 to 255; do not shift or rotate them.",
            )


def keeps_colours(spec: UpscalerSpec) -> None:
    """A flat colour is preserved."""
    for colour in ((0, 0, 0), (255, 255, 255), (200, 60, 20)):
        flat = np.full((HEIGHT, WIDTH, 3), colour, np.uint8)
        (large,) = _large(spec, spec.factors[0], flat)
        found = large.mean((0, 1))
        if np.abs(found - colour).max() > CLOSE:
            raise ContractError(
                f"the colour {colour} became {tuple(int(value) for value in found.round())}",
                "Pictures are RGB, 0 to 255; clip before converting to uint8.",
            )


def deterministic(spec: UpscalerSpec) -> None:
    """Equal pictures give equal results, whatever came before, and are not changed."""
    picture, black = _picture(), np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    first, _, again = _large(spec, spec.factors[0], picture, black, picture)
    if not np.array_equal(picture, _picture()):
        raise ContractError("it changed the picture that it received", "Work on a copy.")
    if not np.array_equal(first, again):
        raise ContractError(
            "the same picture gave a different result", "Draw no random numbers, and keep no state."
        )


CHECKS = {check.__name__: check for check in (enlarges, keeps_colours, deterministic)}
"""Every check of an upscaler, by name."""


def examine_upscaler(spec: UpscalerSpec) -> list[Finding]:
    """Examine an upscaler by every check.

    Parameters
    ----------
    spec : UpscalerSpec
    """
    return examine(CHECKS, spec)


def check_upscaler(spec: UpscalerSpec) -> None:
    """Raise if an upscaler breaks its contract.

    Raises
    ------
    ContractError
        An AssertionError that lists every check that failed, and how to fix it.
    """
    require(examine_upscaler(spec), spec.name)


@as_tests(CHECKS, lambda self: self.spec)
class UpscalerContract:
    """The contract as tests: inherit it, and name the upscaler.

    Attributes
    ----------
    spec : UpscalerSpec
    """

    spec: ClassVar[UpscalerSpec]
