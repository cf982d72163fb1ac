"""The visible camera motion: optical flow between two frames, and a similarity fitted to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from phosphene.painting.motion.step import Matrix

CHANNELS = ("zoom", "rotation", "pan x", "pan y")
MARGIN = 1 / 10  # of the width and height at each border, where mirrored pixels enter
SPACING = 4  # px between the flow vectors of the fit
ROUNDS = 12  # of reweighting

Move = NDArray[np.float64]
"""One step of the camera, shape (4,): log of the zoom, degrees, px, px; see `CHANNELS`."""


@dataclass(frozen=True)
class Fidelity:
    """How closely the visible camera follows the commanded one, in one channel.

    Parameters
    ----------
    correlation : float
        Pearson's; NaN for a constant command.
    slope : float
        Of the regression of the visible on the commanded motion, with an intercept; for a
        constant command, the ratio of their means. 1 is exact; NaN without a command.
    """

    correlation: float
    slope: float

    @classmethod
    def of(cls, seen: NDArray[np.float64], commanded: NDArray[np.float64]) -> Fidelity:
        """Compare the steps of one channel, each of shape (n_steps,)."""
        about, mean = commanded - commanded.mean(), float(commanded.mean())
        variance = float(about @ about)
        if variance < 1e-12 * max(len(about), 1):
            return cls(np.nan, float(seen.mean()) / mean if abs(mean) > 1e-9 else np.nan)
        spread = np.sqrt(variance * float(((seen - seen.mean()) ** 2).sum()))
        along = float(about @ seen)
        return cls(along / float(spread) if spread > 0.0 else 0.0, along / variance)


class Flow:
    """Measures the camera's step between pairs of frames of one size.

    DIS optical flow (Kroeger et al., ECCV 2016) between the two, and the similarity that fits it
    best: least squares on a grid of its vectors, each weighted by its texture and, in each round,
    by its residual (Geman and McClure's weights on the scale of the median residual). Both frames
    are first scaled to one mean and deviation, so that brightness does not look like motion.
    """

    def __init__(self, width: int, height: int) -> None:
        self._dis = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        y, x = np.mgrid[:height, :width]
        self._centre = (width - 1) / 2.0 + 1j * (height - 1) / 2.0
        self._places = _grid(x + 1j * y) - self._centre

    def seen(self, before: NDArray[np.float32], after: NDArray[np.float32]) -> Move:
        """The step from one frame to the next, each the luma, float32, shape (height, width)."""
        first, second = _levelled(before), _levelled(after)
        flow = _grid(self._dis.calc(first, second, None)).astype(np.float64)
        texture = _grid(cv2.cornerMinEigenVal(first, 7)).astype(np.float64)
        trust = (texture + 1e-12) / (texture + np.median(texture) + 1e-12)
        return self._fitted(self._places + flow[..., 0] + 1j * flow[..., 1], trust)

    def commanded(self, matrix: Matrix) -> Move:
        """The similarity nearest to a step of `phosphene.painting.motion.step.step_matrix`."""
        old = self._places + self._centre
        a, b, c = ((row[0] * old.real + row[1] * old.imag + row[2]) for row in matrix)
        return self._fitted((a + 1j * b) / c - self._centre, np.ones(old.shape))

    def _fitted(self, moved: NDArray[np.complex128], trust: NDArray[np.float64]) -> Move:
        p, q, w = self._places.ravel(), moved.ravel(), trust.ravel()
        weights = w
        for _ in range(ROUNDS):
            total = weights.sum()
            mean_p, mean_q = (weights @ p) / total, (weights @ q) / total
            at = p - mean_p
            turn = (weights * at.conj()) @ (q - mean_q) / (weights @ (at * at.conj()).real)
            missed = np.abs(q - mean_q - turn * at)
            scale = max(1.5 * float(np.median(missed)), 1e-3)
            weights = w / (1.0 + (missed / scale) ** 2) ** 2
        shift = mean_q - turn * mean_p
        return np.array([np.log(abs(turn)), np.degrees(np.angle(turn)), shift.real, shift.imag])


def within_margin(field: NDArray[Any]) -> NDArray[Any]:
    """The inside of a field of shape (height, width, ...), without `MARGIN` at each border."""
    y, x = (slice(round(MARGIN * n), n - round(MARGIN * n)) for n in field.shape[:2])
    return field[y, x]


def _grid(field: NDArray[Any]) -> NDArray[Any]:
    return within_margin(field)[::SPACING, ::SPACING]


def _levelled(luma: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Mean 128 and deviation 48, so that a pulse of light does not look like motion."""
    even = (luma - luma.mean()) * (48.0 / max(float(luma.std()), 1.0)) + 128.0
    return np.clip(np.rint(even), 0, 255).astype(np.uint8)
