"""Upscalers: what enlarges the frames of a film before they are encoded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from phosphene.authoring import hookimpl
from phosphene.errors import PluginError, ProjectError
from phosphene.hints import hint

Upscale = Callable[[NDArray[np.uint8]], NDArray[np.uint8]]
"""Enlarges a picture: uint8 RGB, shape (height, width, 3)."""
FACTORS = (2, 4)


@dataclass(frozen=True)
class UpscalerSpec:
    """An upscaler that a project can choose: `[video] upscaler = "..."`.

    Parameters
    ----------
    name : str
    description : str
        One line for the docs.
    load : callable
        load(factor) returns a function that enlarges a picture, uint8 RGB of shape (height, width,
        3), by that factor, in both directions. The function is called with one frame after the
        other; equal pictures must give equal results. Heavy libraries are imported only when `load`
        is called.
    factors : tuple of int
        Those of 2 and 4 that it can do.
    """

    name: str
    description: str
    load: Callable[[int], Upscale]
    factors: tuple[int, ...] = FACTORS


def find_upscaler(name: str, factor: int, upscalers: dict[str, UpscalerSpec]) -> UpscalerSpec:
    """Find an upscaler, before anything is loaded.

    Raises
    ------
    ProjectError
        If there is none of that name, or it has not that factor.
    """
    if name not in upscalers:
        raise ProjectError(f"video.upscaler: unknown upscaler {name!r}", hint(name, upscalers))
    spec = upscalers[name]
    if factor not in spec.factors:
        raise ProjectError(
            f"video.upscale is {factor}; the upscaler '{name}' enlarges by "
            f"{' or '.join(map(str, spec.factors))}",
            "Choose one of these, or another upscaler.",
        )
    return spec


def loaded(spec: UpscalerSpec, factor: int) -> Upscale:
    """Load an upscaler; what it returns is checked frame by frame.

    Raises
    ------
    PluginError
        By the function, if a frame has another shape or type.
    """
    upscale = spec.load(factor)

    def checked(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        large = upscale(picture)
        height, width, _ = picture.shape
        expected = height * factor, width * factor, 3
        if not isinstance(large, np.ndarray) or large.dtype != np.uint8 or large.shape != expected:
            given = f"{getattr(large, 'dtype', type(large).__name__)} {np.shape(large)}"
            raise PluginError(f"the upscaler '{spec.name}' gave {given}; expected uint8 {expected}")
        return large

    return checked


def _lanczos(factor: int) -> Upscale:
    def upscale(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        large: NDArray[np.uint8] = cv2.resize(
            picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_LANCZOS4
        )
        return large

    return upscale


@hookimpl
def register_upscalers(register: Callable[[UpscalerSpec], None]) -> None:
    """Register the built-in upscaler."""
    register(UpscalerSpec("lanczos", "a windowed sinc: sharp, and invents nothing", _lanczos))
