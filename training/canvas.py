"""The canvas that a world is painted on: any width and height, one measure.

Lengths are in short sides: a square runs from 0 to 1 both ways, a 16:9 picture from 0 to 1.78
across and 0 to 1 down. A picture is float32 (h, w, 3) in 0..1; a field or mask float32 (h, w).

Beside the picture, a world notes on its canvas how near the things are that it paints: 0 at the
horizon and beyond, 1 at the nearest, linear in the inverse distance. The picture does not depend on
it.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.floating]
Rng = np.random.Generator

WALL = 0.43  # nearness of flat worlds: a distance of 1 with the default range of `[depth]`


@cache
def grid(width: int, height: int) -> tuple[Field, Field]:
    """x and y of every pixel's centre, in short sides from the left and from the top."""
    short = min(width, height)
    across = ((np.arange(width) + 0.5) / short).astype(np.float32)
    down = ((np.arange(height) + 0.5) / short).astype(np.float32)
    x, y = np.meshgrid(across, down)
    return x, y


class Canvas:
    """width, height in pixels; short: the short side in pixels; wide, high: in short sides.

    near: (height, width), how near everything painted so far is.
    """

    def __init__(self, width: int, height: int, rng: Rng) -> None:
        self.width, self.height, self.rng = width, height, rng
        self.short = min(width, height)
        self.wide, self.high = width / self.short, height / self.short
        self.x, self.y = grid(width, height)
        self.near: Field = np.full(self.shape, WALL, np.float32)

    @property
    def shape(self) -> tuple[int, int]:
        return self.height, self.width

    def sheet(self) -> NDArray[np.uint8]:
        """An empty sheet for `fill`: tones or masks of many shapes, 0..255."""
        return np.zeros(self.shape, np.uint8)

    def between(self, low: float, high: float) -> float:
        return float(self.rng.uniform(low, high))

    def count(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return int(self.rng.integers(low, high + 1))

    def chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def backdrop(self, near: Field | float) -> None:
        """What is behind everything that is painted next."""
        self.near = np.clip(np.broadcast_to(near, self.shape), 0, 1).astype(np.float32)

    def place(self, mask: Field, near: Field | float) -> None:
        """What a mask covers by half or more, over everything painted before."""
        self.near = np.where(mask >= 0.5, np.clip(near, 0, 1), self.near).astype(np.float32)

    def level(self, y: Field | float, horizon: float) -> Field | float:
        """How near level ground is that is seen at a height y."""
        return np.clip((y - horizon) / (self.high - horizon), 0, 1)

    def stand(self, mask: Field, foot: float, horizon: float) -> None:
        """What a mask covers stands upright on the ground at a height `foot`, with ground below."""
        self.place(mask, self.level(np.maximum(self.y, foot), horizon))
