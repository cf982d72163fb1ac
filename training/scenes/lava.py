"""Lava: black crust split by glowing cracks, under volcanoes."""

import numpy as np

from training.brush import below, blob, lay, look_up, noise, shade
from training.canvas import Canvas, Field
from training.light import bloom, shine, stars
from training.look import Look
from training.scenes.sky import beyond


def draw(c: Canvas, look: Look) -> Field:
    horizon = c.between(0.3, 0.5) * c.high
    smoke = noise(c, 2.5, 5, 0.55)
    x = c.between(0.25, 0.75) * c.wide
    glow = blob(c, x, horizon - 0.15, 0.4)
    picture = shade(look.lut, 0.05 + 0.22 * smoke + 0.34 * glow * smoke)
    c.backdrop(0)
    if look.second:
        picture = beyond(c, look)
    peak, slope = horizon - c.between(0.12, 0.25), c.between(0.5, 0.9)
    rough = noise(c, 10, 4, 0.65)
    line = (
        peak
        + np.clip(np.abs(c.x[0] - x) - 0.04, 0, 9) * slope
        + 0.04 * (rough[c.height // 2] - 0.5)
    )
    cone = below(c, np.minimum(line, horizon + 0.04))
    picture = shine(picture, look.accents[0], 0.9 * blob(c, x, peak - 0.04, 0.1) * (0.4 + smoke))
    picture = lay(picture, shade(look.lut, 0.06 + 0.24 * (rough - 0.3)), cone)
    c.place(cone, 0.04)
    stream = np.exp(-(((c.x - x - 0.05 * np.sin(c.y * 22)) / (0.008 + 0.06 * (c.y - peak))) ** 2))
    picture = lay(picture, shade(look.lut, 0.8), stream * cone * (rough > 0.3))
    depth = np.clip((c.y - horizon) / (c.high - horizon), 0, 1)
    spread = (c.x - 0.5 * c.wide) / (0.3 + depth) + 0.5 * c.wide
    far = np.log(depth * 10 + 0.5) / 2.4 * c.high
    plates, fine = noise(c, 4.5, 3, 0.5, wide=1.3), noise(c, 14, 3, 0.6)
    cracks = np.abs(look_up(plates, c, spread, far) - 0.5) + 0.1 * np.abs(
        look_up(fine, c, spread, far) - 0.5
    )
    hot = np.exp(-cracks * c.between(16, 30)) + 0.35 * np.exp(-cracks * 7)
    crust = 0.05 + 0.2 * look_up(fine, c, spread, far)
    field = shade(look.lut, np.clip(crust + hot * 0.95 - 0.1, 0.03, 1))
    picture = lay(picture, field, np.clip((c.y - horizon) * c.short / 3, 0, 1))
    c.place(c.y >= horizon, c.level(c.y, horizon))
    picture = shine(picture, look.accents[1], stars(c, 40, 0.3) * 0.8)
    return bloom(picture, 0.05, 0.65, 0.5)
