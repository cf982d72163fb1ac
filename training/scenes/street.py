"""Street: a canyon of houses seen along its middle; lamps, wet stones; perhaps all neon."""

import numpy as np  # noqa: I001

from training.brush import blob, dot, fill, lay, shade, stroke, tones
from training.canvas import Canvas, Field
from training.light import bloom, shine
from training.look import Look
from training.scenes.sky import sky
from training.scenes.towers import tower, wet
import itertools


def draw(c: Canvas, look: Look) -> Field:
    eye = c.between(0.52, 0.62) * c.high
    middle = 0.5 * c.wide + c.between(-0.1, 0.1)
    picture, _, _ = sky(c, look, eye)
    lit = np.zeros((*c.shape, 3), np.float32)
    depths = np.linspace(0.12, 1.0, 7)
    for far, near in itertools.pairwise(depths):
        for way in (-1, 1):
            gap, out = 0.62 * far, 0.62 * near + (0.5 if near == 1 else 0.05)
            x0, x1 = sorted((middle + way * gap, middle + way * out))
            top = eye - c.between(0.5, 1.0) * far * c.high
            wall = np.clip(np.abs(c.x - middle) / 0.62, far, near)
            box = (x0, top, x1, eye + 0.42 * far * c.high)
            tower(c, picture, lit, look, box, float(near), wall)
        haze = 0.22 * (1 - far) * (np.abs(c.x - middle) < 0.66 * near)
        colour = look.accents[1] * 0.5 if look.extra else shade(look.lut, 0.2 + 0.5 * look.dim)
        picture = lay(picture, colour, haze * blob(c, middle, eye, 0.5))
    picture = 1 - (1 - picture) * (1 - np.clip(lit, 0, 1))
    picture = ground(c, picture, look, middle, eye)
    lamps = c.sheet()
    for k in range(2, 7):
        d = (k / 6) ** 1.6
        for way in (-1, 1):
            x, y = middle + way * 0.34 * d, eye - 0.2 * d
            stroke(
                lamps,
                c,
                [(x + way * 0.03 * d, eye + 0.3 * d), (x + way * 0.03 * d, y), (x, y)],
                0.006 * d,
                0.2,
            )
            dot(lamps, c, x, y, 0.014 * d + 0.003)
    lamp = tones(lamps)
    picture = lay(picture, shade(look.lut, 0.04), np.clip(lamp * 5, 0, 1))
    power = 1.0 if look.dim < 0.9 or look.extra else 0.35
    picture = shine(picture, look.accents[0], power * np.clip((lamp - 0.5) * 2, 0, 1))
    glow = look.accents[1] if look.extra else shade(look.lut, 0.85)
    picture = shine(picture, glow, 0.55 * blob(c, middle, eye, 0.2))
    return bloom(picture, 0.04, 0.9 if look.extra else 0.5, 0.42)


def ground(c: Canvas, picture: Field, look: Look, middle: float, eye: float) -> Field:
    """The road as a wedge, mirroring what stands above it, with a line along its middle."""
    street = wet(c, picture, look, eye + 0.03, 0.8 if look.extra else 0.6)
    road, lane = c.sheet(), c.sheet()
    low = c.high + 0.05
    fill(
        road,
        c,
        [(middle - 0.02, eye), (middle + 0.02, eye), (middle + 0.95, low), (middle - 0.95, low)],
    )
    for k in range(1, 9):
        a, b = (k / 9) ** 2, ((k + 0.5) / 9) ** 2
        y0, y1, w0, w1 = eye + (low - eye) * a, eye + (low - eye) * b, 0.014 * a, 0.014 * b
        fill(lane, c, [(middle - w0, y0), (middle + w0, y0), (middle + w1, y1), (middle - w1, y1)])
    picture = lay(picture, street, tones(road))
    c.place(tones(road), c.level(c.y, eye))
    return lay(picture, shade(look.lut, 0.85), 0.4 * tones(lane))
