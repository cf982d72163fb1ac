"""Upscalers, which enlarge the frames of a film before encoding."""

from __future__ import annotations

import threading
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
        Which of the factors 2 and 4 it supports.
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
        If it is unknown, or does not support the factor.
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


def load_upscaler(spec: UpscalerSpec, factor: int) -> Upscale:
    """Load an upscaler, and check the shape and type of every frame that it returns.

    Raises
    ------
    PluginError
        From the returned function, if a frame has another shape or type.
    """
    upscale, lock = spec.load(factor), threading.Lock()

    def checked(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        with lock:  # one segment of a film is encoded while the next one begins
            large = upscale(picture)
        height, width, _ = picture.shape
        expected = height * factor, width * factor, 3
        if not isinstance(large, np.ndarray) or large.dtype != np.uint8 or large.shape != expected:
            returned = f"{getattr(large, 'dtype', type(large).__name__)} {np.shape(large)}"
            raise PluginError(
                f"the upscaler '{spec.name}' returned {returned}; expected uint8 {expected}"
            )
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
