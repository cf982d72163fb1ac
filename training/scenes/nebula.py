"""Nebula: clouds of lit gas, dust lanes, stars."""

import numpy as np

from training.brush import Field, Rng, blob, bloom, noise, shade, shine, stars, swirl
from training.look import Look


def draw(rng: Rng, size: int, look: Look) -> Field:
    dx, dy = noise(rng, size, 3, 2), noise(rng, size, 3, 2)
    gas = swirl(noise(rng, size, rng.uniform(2, 4), 5, 0.55), dx, dy, size * 0.5)
    dust = swirl(noise(rng, size, 4, 4), dy, dx, size * 0.3)
    heart = blob(size, rng.uniform(0.3, 0.7), rng.uniform(0.3, 0.7), rng.uniform(0.3, 0.45))
    tone = np.clip(gas**1.5 * (0.35 + 0.95 * heart) - 0.3 * np.clip(dust - 0.55, 0, 1), 0, 1)
    picture = shade(look.lut, tone * 1.15 + 0.03)
    first, second = look.accents
    glow = swirl(noise(rng, size, 3, 3), dy, dx, size * 0.4)
    picture = shine(picture, first, 0.45 * np.clip(glow - 0.55, 0, 1) * (0.4 + heart))
    picture = shine(picture, second, 0.25 * blob(size, 0.5, 0.5, 0.2) * gas)
    picture = shine(picture, np.ones(3, np.float32), stars(rng, size, int(rng.integers(40, 110))))
    return bloom(picture, 0.04, 0.45)
