"""City: a skyline in haze beyond water or roofs; lit windows at night; perhaps neon signs."""

import numpy as np

from training.brush import blob, lay, noise, shade
from training.canvas import Canvas, Field
from training.light import bloom, shine
from training.look import Look
from training.scenes.sky import sky
from training.scenes.towers import tower, wet


def draw(c: Canvas, look: Look) -> Field:
    street = c.between(0.7, 0.84) * c.high
    eye = street - 0.06
    picture, _, _ = sky(c, look, street)
    lit = np.zeros((*c.shape, 3), np.float32)
    tall, peak = c.between(0.75, 1.25), c.between(0.3, 0.7) * c.wide
    for i in range(3):
        near, x = i / 2, -0.05
        while x < c.wide:
            width = c.between(0.05, 0.11) * (1 + 0.7 * near)
            rise = np.exp(-(((x - peak) / (0.5 * c.wide)) ** 2))
            height = (
                (c.between(0.16, 0.36) + 0.26 * rise * c.rng.random()) * tall * (1 - 0.25 * near)
            )
            foot = street + 0.01 * i
            at = c.level(street, eye) * (0.4 + 0.6 * near)
            tower(c, picture, lit, look, (x, foot - height, x + width, foot), near, at)
            if c.chance(0.4):
                inset = width * 0.22
                box = (
                    x + inset,
                    foot - height - c.between(0.03, 0.1),
                    x + width - inset,
                    foot - height,
                )
                tower(c, picture, lit, look, box, near, at)
            x += width * c.between(1.0, 1.3)
        haze = np.clip((c.y - street + 0.4) * 2, 0, 1) * (c.y < street + 0.02) * 0.3 * (1 - near)
        picture = lay(picture, shade(look.lut, 0.5 * look.dim + 0.12), haze)
        lit *= (1 - 0.5 * haze)[..., None]
    picture = 1 - (1 - picture) * (1 - np.clip(lit, 0, 1))
    glow = look.accents[1] if look.extra else shade(look.lut, 0.7)
    strength = (0.5 if look.extra else 0.25) * (0.5 + noise(c, 3, 3))
    picture = shine(picture, glow, strength * blob(c, peak, street, 0.35))
    picture = wet(c, picture, look, street, 0.85 if look.extra or look.night else 0.55)
    c.place(c.y >= street, c.level(c.y, eye))
    return bloom(picture, 0.035, 0.8 if look.extra else 0.4, 0.45)
