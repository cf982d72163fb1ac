"""Aurora: curtains of light over snow, a lake or a dark treeline."""

import numpy as np

from training.brush import lay, line_noise, shade
from training.canvas import Canvas, Field
from training.light import WHITE, bloom, shine, stars
from training.look import Look
from training.scenes.land import ridge, water


def draw(c: Canvas, look: Look) -> Field:
    picture = shade(look.lut, 0.03 + 0.14 * c.y / c.high)
    picture = shine(picture, WHITE, stars(c, c.count(80, 180)))
    c.backdrop(0)
    for _ in range(c.count(2, 4)):
        wind = 0.06 * line_noise(c, 2.5, 2, 0.4)
        foot = c.between(0.32, 0.64) * c.high + 0.16 * line_noise(c, 1.6, 3, 0.4)
        up = foot[None, :] - c.y
        # the threads of a curtain lean with its folds
        column = np.clip(((c.x + up * (0.25 + wind[None, :])) / c.wide) * c.width, 0, c.width - 1)
        thread = np.clip(0.5 + 0.55 * line_noise(c, 14, 3, 0.6), 0.05, 1.3)[column.astype(int)]
        reach = c.between(0.14, 0.34) * (0.7 + 0.5 * thread)
        veil = np.exp(-np.clip(up, 0, 2) / reach) / (1 + np.exp(-np.clip(up, -1, 1) * 60))
        light = veil * thread * c.between(0.7, 1.0)
        colour = shade(look.lut, np.clip(0.8 - 0.3 * np.clip(up * 2, 0, 1), 0, 1))
        picture = 1 - (1 - picture) * (1 - np.clip(light[..., None] * colour, 0, 1))
        picture = shine(picture, look.accents[1], 0.55 * light * np.clip(up * 2.6, 0, 1))
    low = c.between(0.72, 0.84) * c.high
    eye = low - 0.06
    if c.chance(0.7):
        hill, deep = ridge(c, low, 0.09, 2.2, 5, True)
        picture = lay(picture, shade(look.lut, 0.11 - 0.25 * np.clip(deep, 0, 0.3)), hill)
        c.stand(hill, low, eye)
    if c.chance(0.5):
        picture = water(c, picture, look, low + 0.05, 0.9, eye)
    foot = low + c.between(0.03, 0.14)
    trees, _ = ridge(c, foot, 0.045, 34, 2, True)
    trees = trees * (c.chance(0.75))
    picture = lay(picture, shade(look.lut, 0.015), trees)
    c.stand(trees, foot + 0.04, eye)
    return bloom(picture, 0.05, 0.45, 0.5)
