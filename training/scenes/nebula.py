"""Nebula: clouds of lit gas, dust lanes, pillars, stars."""

import numpy as np

from training.brush import blob, blur, lay, noise, shade, swirl, veins
from training.canvas import Canvas, Field
from training.light import WHITE, bloom, shine, stars
from training.look import Look


def draw(c: Canvas, look: Look) -> Field:
    dx, dy = noise(c, 2.5, 3), noise(c, 2.5, 3)
    gas = swirl(c, noise(c, c.between(2, 4), 6, 0.58), dx, dy, c.between(0.4, 0.8))
    dust = swirl(c, noise(c, c.between(3, 5), 6, 0.6), dy, dx, 0.5)
    x, y = c.between(0.25, 0.75) * c.wide, c.between(0.25, 0.75) * c.high
    heart = blob(c, x, y, c.between(0.3, 0.55))
    tone = gas**1.6 * (0.3 + 1.05 * heart) + 0.12 * veins(gas, 0.55, 14) * heart
    picture = shade(look.lut, np.clip(tone * 1.15 + 0.02, 0, 1))
    thick = blur(np.clip(gas**1.6 * (0.3 + 1.05 * heart), 0, 1), c.short / 40)
    c.backdrop(0.12 + 0.5 * thick)
    first, second = look.accents
    glow = swirl(c, noise(c, 3, 4), dy, dx, 0.6)
    picture = shine(picture, first, 0.6 * np.clip(glow - 0.5, 0, 1) * (0.4 + heart))
    picture = lay(
        picture, shade(look.lut, 0.03), 0.8 * np.clip((dust - 0.58) * 5, 0, 1) * (0.3 + 0.7 * heart)
    )
    lane = np.clip((dust - 0.58) * 5, 0, 1) * (0.3 + 0.7 * heart)
    c.backdrop(c.near + 0.2 * blur(lane, c.short / 40))
    picture = shine(picture, second, 0.5 * blob(c, x, y, 0.16) * (0.3 + gas))
    picture = shine(picture, WHITE, stars(c, c.count(60, 160)))
    return bloom(picture, 0.05, 0.5)
