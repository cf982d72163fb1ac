"""Mandala: rings of petals folded into many-fold symmetry."""

import numpy as np

from training.brush import Field, Rng, bloom, grid, lay, shade
from training.look import Look


def draw(rng: Rng, size: int, look: Look) -> Field:
    x, y = grid(size)
    u, v = x - 0.5, y - 0.5
    r, angle = np.hypot(u, v) * 2, np.arctan2(v, u)
    fold = int(rng.choice([6, 8, 10, 12]))
    picture = shade(look.lut, 0.06 + 0.10 * np.cos(fold * angle) * np.clip(r, 0, 1))
    edge = rng.uniform(0.9, 1.0)
    rings = int(rng.integers(5, 7))
    soft = size / 5
    for i in range(rings):
        outer = edge * (1 - i / rings)
        half = 0.5 * (i % 2)
        petal = np.abs(np.cos((angle + half * 2 * np.pi / fold) * fold / 2)) ** rng.uniform(
            0.4, 1.2
        )
        rim = outer * (0.72 + 0.28 * petal)
        depth = (rim - r) / outer
        mask = np.clip((rim - r) * soft, 0, 1)
        tone = rng.uniform(0.3, 0.8) + 0.5 * np.clip(0.25 - depth, 0, 1) - 0.25 * petal * depth
        picture = lay(picture, shade(look.lut, tone), mask)
        line = np.exp(-(((rim - r - 0.02) * 48) ** 2))
        picture = lay(picture, shade(look.lut, 0.95), (0.75 * line).astype(np.float32))
        beads = np.cos(angle * fold) * 0.5 + 0.5
        dot = np.exp(-(((r - outer * 0.84) / 0.03) ** 2)) * beads**6
        picture = lay(picture, look.accents[0], (0.9 * dot).astype(np.float32))
    heart = np.exp(-((r / 0.09) ** 2)).astype(np.float32)
    picture = lay(picture, look.accents[1], heart)
    return bloom(picture, 0.03, 0.35)
