"""Mountains: ranges in haze, snow on the peaks, sometimes a lake or firs before them."""

import numpy as np

from training.brush import fill, lay, shade, tones
from training.canvas import Canvas, Field
from training.light import bloom
from training.look import Look
from training.scenes.land import ridge, rock, water
from training.scenes.sky import sky


def draw(c: Canvas, look: Look) -> Field:
    horizon = c.between(0.52, 0.68) * c.high
    picture, sun_x, _ = sky(c, look, horizon)
    dim, eye = 0.3 + 0.7 * look.dim, horizon - 0.14
    face, lean = rock(c, c.between(3.5, 6))
    if sun_x > 0.5 * c.wide:
        lean = -lean
    line, tall, layers = c.between(0.05, 0.25), c.between(0.13, 0.24), c.count(3, 5)
    for i in range(layers):
        near = i / (layers - 1)
        base = horizon - 0.1 + 0.32 * near
        mask, deep = ridge(c, base, tall * (1 - 0.45 * near), 2.2 + 1.6 * near, 6, near < 0.7)
        tone = (0.6 - 0.46 * near) * dim + (1.2 + 2.2 * near) * lean * dim
        tone = tone + 0.22 * dim * np.clip(deep * 3, 0, 1) * (1 - near)
        if near < 0.75:
            snow = np.clip((line + 0.3 * (face - 0.5) - deep) * 26, 0, 1) * (0.5 + 0.5 * near)
            tone = tone + snow * (0.42 * dim + 3.2 * lean)
        picture = lay(picture, shade(look.lut, np.clip(tone, 0.02, 1)), mask)
        c.stand(mask, base, eye)
        veil = mask * np.clip(deep * 2.4, 0, 0.55) * (1 - near)
        picture = lay(picture, shade(look.lut, 0.72 * dim), veil)
    kind = c.rng.random()
    if kind < 0.4:
        picture = water(c, picture, look, c.between(0.7, 0.82) * c.high, 0.8, eye)
    elif kind < 0.75:
        picture = firs(c, picture, look, dim, eye)
    return bloom(picture, 0.05, 0.35)


def firs(c: Canvas, picture: Field, look: Look, dim: float, horizon: float) -> Field:
    """A dark wood along the foot of the picture."""
    for near in (0.0, 1.0):
        sheet = c.sheet()
        for _ in range(int((26 - 12 * near) * c.wide)):
            x = c.between(-0.03, c.wide + 0.03)
            tall = (0.1 + 0.1 * near) * c.between(0.6, 1.3)
            foot = (0.92 + 0.1 * near) * c.high
            for k in range(5):
                top, half = foot - tall * (1 - 0.18 * k), tall * (0.06 + 0.05 * k)
                low = top + tall * 0.3
                fill(sheet, c, [(x, top), (x + half, low), (x - half, low)], 1.0)
            fill(
                sheet,
                c,
                [(x - 0.1, foot - 0.02), (x + 0.1, foot - 0.02), (x + 0.1, 2), (x - 0.1, 2)],
            )
        picture = lay(picture, shade(look.lut, (0.17 - 0.12 * near) * dim), tones(sheet))
        c.stand(tones(sheet), (0.86 + 0.1 * near) * c.high, horizon)
    return picture
