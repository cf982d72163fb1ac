"""Fire: tongues of flame rising from the bottom, sparks."""

import cv2
import numpy as np

from training.brush import Field, Rng, bloom, grid, noise, shade, shine, stars
from training.look import Look


def draw(rng: Rng, size: int, look: Look) -> Field:
    x, y = grid(size)
    dx = noise(rng, size, 4, 3, 0.6)
    tongues = noise(rng, size, 3, 4, 0.6, wide=0.45)
    fine = noise(rng, size, 5, 3, 0.6, wide=0.5)
    lick = size * 0.28
    map_x = x * size + lick * (dx - 0.5) * (1.3 - y)
    flame = cv2.remap(tongues, map_x, y * size, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    flame = 0.7 * flame + 0.3 * cv2.remap(fine, map_x, y * size, cv2.INTER_LINEAR)
    centre, width = rng.uniform(0.4, 0.6), rng.uniform(0.3, 0.6)
    body = np.exp(-(((x - centre) / width) ** 2) * (0.7 + 1.6 * (1 - y)))
    height = rng.uniform(0.75, 1.05)
    heat = body * (0.35 + 1.5 * flame) * np.clip(y * 1.25 + height - 0.75, 0, 1.3) - 0.34
    picture = shade(look.lut, np.clip(heat * 1.05 + 0.03, 0, 1))
    sparks = stars(rng, size, int(rng.integers(20, 60)), 0.3)
    picture = shine(picture, look.accents[0], sparks * np.clip(body * 1.5, 0, 1))
    return bloom(picture, 0.06, 0.55, 0.5)
