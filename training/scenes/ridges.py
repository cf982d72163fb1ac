"""Ridges: the outlines of far and near hills, as masks."""

import numpy as np

from training.brush import Field, Rng, grid, line_noise


def ridge(
    rng: Rng, size: int, base: float, height: float, cells: float, octaves: int, sharp: bool
) -> tuple[Field, Field]:
    """(mask below the ridge, how far below it each pixel lies in picture sizes)."""
    _, y = grid(size)
    line = line_noise(rng, size, cells, octaves, 0.45)
    if sharp:
        line = 1 - 2 * np.abs(line_noise(rng, size, cells, 1)) + 0.35 * line
    top = (base - height * line).astype(np.float32)
    below = y - top[None, :]
    return np.clip(below * size, 0, 1), below
