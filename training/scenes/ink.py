"""Ink: plumes that curl and thin out in clear water."""

import numpy as np

from training.brush import blob, lay, look_up, noise, shade
from training.canvas import Canvas, Field
from training.look import Look


def draw(c: Canvas, look: Look) -> Field:
    paper = noise(c, 3, 3)
    picture = shade(look.lut, 0.86 + 0.1 * paper - 0.1 * (c.y / c.high))
    c.backdrop(0.3)
    for k in range(c.count(3, 5)):
        wx, wy = noise(c, c.between(2, 3.5), 4, 0.55), noise(c, c.between(2, 3.5), 4, 0.55)
        pull = c.between(0.5, 0.95)
        at_x, at_y = c.x + pull * (wx - 0.5), c.y + pull * (wy - 0.5)
        x, y, size = (
            c.between(0.25, 0.75) * c.wide,
            c.between(0.15, 0.75) * c.high,
            c.between(0.1, 0.24),
        )
        stem = np.exp(-(((at_x - x) / (0.05 + 0.12 * at_y / c.high)) ** 2)) * (at_y < y)
        puff = np.clip(np.exp(-((at_x - x) ** 2 + (at_y - y) ** 2) / size**2) * 1.6, 0, 1)
        fold = look_up(noise(c, 5, 5, 0.55), c, at_x + 0.3 * wy, at_y + 0.3 * wx)
        threads = 0.45 + 0.55 * np.abs(np.sin(fold * 22))
        thick = np.clip(np.maximum(0.75 * stem, puff) * (0.35 + 0.8 * threads * fold * 1.6), 0, 1)
        colour = look.accents[0] if k == 1 else shade(look.lut, np.clip(0.5 - 0.5 * thick, 0.02, 1))
        picture = lay(picture, colour, thick)
        near, plume = 0.35 + 0.05 * k + 0.2 * puff, np.clip(np.maximum(stem, puff), 0, 1)
        c.backdrop(c.near + (near - c.near) * plume)
    glow = blob(c, 0.5 * c.wide, 0.3 * c.high, 0.8)
    return picture * (0.86 + 0.14 * glow)[..., None]
