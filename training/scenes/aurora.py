"""Aurora: curtains of light over a dark treeline."""

import numpy as np

from training.brush import Field, Rng, bloom, grid, lay, line_noise, noise, shade, shine, stars
from training.look import Look
from training.scenes.ridges import ridge


def draw(rng: Rng, size: int, look: Look) -> Field:
    _, y = grid(size)
    picture = shade(look.lut, 0.03 + 0.14 * y)
    picture = shine(picture, np.ones(3, np.float32), stars(rng, size, int(rng.integers(60, 120))))
    folds = noise(rng, size, 9, 2, 0.5, wide=1)[size // 2]
    for i in range(int(rng.integers(2, 4))):
        foot = rng.uniform(0.38, 0.66) + 0.13 * line_noise(rng, size, 2.0, 2, 0.3)
        above = foot[None, :] - y
        reach = rng.uniform(0.16, 0.3)
        veil = np.exp(-np.clip(above, 0, 1) / reach) / (1 + np.exp(-above * 70))
        stripe = 0.45 + 0.75 * np.roll(folds, 37 * i)[None, :]
        light = (veil * stripe * rng.uniform(0.75, 1.0)).astype(np.float32)
        colour = shade(look.lut, 0.74 - 0.25 * np.clip(above * 2, 0, 1))
        picture = 1 - (1 - picture) * (1 - np.clip(light[..., None] * colour, 0, 1))
        top = light * np.clip(above * 2.2, 0, 1)
        picture = shine(picture, look.accents[1], (0.45 * top).astype(np.float32))
    hill, _ = ridge(rng, size, 0.84, 0.06, 3, 4, sharp=True)
    picture = lay(picture, shade(look.lut, 0.10), hill)
    trees, _ = ridge(rng, size, 0.93, 0.035, 40, 1, sharp=True)
    picture = lay(picture, shade(look.lut, 0.015), trees)
    return bloom(picture, 0.05, 0.4, 0.5)
