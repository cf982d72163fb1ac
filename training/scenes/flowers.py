"""Flowers: large blossoms over soft leaves."""

import numpy as np

from training.brush import Field, Rng, blob, bloom, grid, lay, noise, shade, shine
from training.look import Look


def draw(rng: Rng, size: int, look: Look) -> Field:
    leaves = noise(rng, size, 4, 3, 0.45)
    picture = shade(look.lut, 0.03 + 0.22 * leaves)
    for _ in range(5):
        light = blob(size, rng.uniform(0, 1), rng.uniform(0, 0.7), rng.uniform(0.04, 0.09))
        picture = shine(picture, look.accents[1], 0.22 * light)
    spots = [(x, y) for y in (0.2, 0.5, 0.8) for x in (0.2, 0.5, 0.8)]
    rng.shuffle(spots)
    count = int(rng.integers(4, 8))
    for i, (x, y) in enumerate(spots[:count]):
        radius = (0.12 + 0.11 * i / count) * rng.uniform(0.85, 1.2)
        at = (x + rng.uniform(-0.08, 0.08), y + rng.uniform(-0.08, 0.08))
        picture = blossom(picture, look, at, radius, rng)
    return bloom(picture, 0.04, 0.3)


def blossom(picture: Field, look: Look, at: tuple[float, float], radius: float, rng: Rng) -> Field:
    """Three whorls of petals, each smaller and lighter, and a heart in the accent colour."""
    size = picture.shape[0]
    x, y = grid(size)
    whole, reach = picture.copy(), 1.7 * radius
    low = [max(0, int((c - reach) * size)) for c in at]
    high = [min(size, int((c + reach) * size) + 1) for c in at]
    box = (slice(low[1], high[1]), slice(low[0], high[0]))
    x, y, picture = x[box], y[box], whole[box]
    u, v = x - at[0], (y - at[1]) / rng.uniform(0.8, 1)
    r, angle = np.hypot(u, v), np.arctan2(v, u)
    petals, turn = int(rng.integers(5, 8)), rng.uniform(0, 6.3)
    picture = picture * (1 - 0.55 * np.exp(-((r / (radius * 1.25)) ** 4)))[..., None]
    for whorl in range(3):
        reach = radius * (1 - 0.28 * whorl)
        wave = np.abs(np.cos((angle + turn + whorl * np.pi / petals) * petals / 2)) ** 0.6
        rim = reach * (0.55 + 0.45 * wave)
        inside = np.clip((rim - r) * size / 1.5, 0, 1)
        tone = 0.40 + 0.11 * whorl + 0.38 * np.clip(r / reach, 0, 1) * wave - 0.12 * (1 - wave)
        picture = lay(picture, shade(look.lut, tone), inside)
    heart = np.clip((radius * 0.2 - r) * size / 2, 0, 1)
    whole[box] = lay(picture, look.accents[0], heart)
    return whole
