"""Marble: polished stone, veins folded by pressure."""

import numpy as np

from training.brush import Field, Rng, grid, lay, noise, shade, swirl
from training.look import Look


def draw(rng: Rng, size: int, look: Look) -> Field:
    x, y = grid(size)
    turn = rng.uniform(0, np.pi)
    fold = noise(rng, size, rng.uniform(2, 3), 4, 0.55)
    dx, dy = noise(rng, size, 3, 3), noise(rng, size, 3, 3)
    along = x * np.cos(turn) + y * np.sin(turn)
    bands = np.sin((along * rng.uniform(2, 4) + 2.2 * fold) * np.pi)
    cloud = swirl(noise(rng, size, 3, 4), dx, dy, size * 0.3)
    tone = 0.52 + 0.28 * bands * (0.4 + cloud) + 0.22 * (cloud - 0.5)
    picture = shade(look.lut, tone)
    web = swirl(noise(rng, size, 2.5, 4, 0.5), dy, dx, size * 0.45)
    vein = np.exp(-((np.abs(web - 0.5) * 42) ** 2)) + 0.7 * np.exp(
        -((np.abs(fold - 0.5) * 60) ** 2)
    )
    picture = lay(picture, shade(look.lut, 0.10), np.clip(0.75 * vein, 0, 1))
    gold = np.exp(-((np.abs(web - 0.62) * 70) ** 2)) * np.clip(cloud * 2 - 0.7, 0, 1)
    return lay(picture, look.accents[0], np.clip(0.85 * gold, 0, 1))
