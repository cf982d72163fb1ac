"""Ruins: broken columns, an arch and fallen blocks in the open; perhaps overgrown with vines."""

import numpy as np

from training.brush import fill, lay, noise, shade, tones
from training.canvas import Canvas, Field
from training.light import bloom, rays, shine
from training.look import Look
from training.scenes.land import ridge
from training.scenes.plants import grass, vines
from training.scenes.sky import sky
from training.scenes.temple import facade


def draw(c: Canvas, look: Look) -> Field:
    dim = 0.35 + 0.65 * look.dim
    base = c.between(0.7, 0.78) * c.high
    eye = base - 0.12
    picture, sun_x, _ = sky(c, look, base)
    for i in range(2):
        hill, _ = ridge(c, base - 0.1 + 0.07 * i, 0.07, 2, 4, False)
        picture = lay(picture, shade(look.lut, (0.5 - 0.16 * i) * dim), hill)
        c.stand(hill, base - 0.1 + 0.07 * i, eye)
    picture = grass(c, picture, look, base, dim, eye)
    middle, half = c.between(0.35, 0.65) * c.wide, c.between(0.24, 0.36)
    top = base - c.between(0.36, 0.5)
    picture, stone = facade(c, picture, look, (middle, half, top, base), dim, 0.75)
    c.stand(stone, base, eye)
    picture, gate = arch(
        c, picture, look, middle + c.rng.choice([-1, 1]) * c.between(0.3, 0.5), base, dim
    )
    c.stand(gate, base + 0.03, eye)
    stone = np.maximum(stone, gate)
    if look.extra:
        picture = vines(c, picture, look, (middle - half, middle + half, top + 0.05, base), stone)
    picture = shine(picture, shade(look.lut, 0.9), 0.45 * dim * rays(c, sun_x, -0.1))
    return bloom(picture, 0.05, 0.4)


def arch(
    c: Canvas, picture: Field, look: Look, x: float, base: float, dim: float
) -> tuple[Field, Field]:
    """A round gate of cut stones, and blocks on the ground before it."""
    inner, outer = c.between(0.09, 0.13), c.between(0.15, 0.19)
    spring, sheet = base - c.between(0.18, 0.3), c.sheet()
    for k in range(9):
        a, b = np.pi * (k / 9), np.pi * ((k + 0.93) / 9)
        ring = [
            (x + r * np.cos(t), spring - r * np.sin(t))
            for r, t in ((inner, a), (outer, a), (outer, b), (inner, b))
        ]
        fill(sheet, c, ring, c.between(0.45, 0.7))
    for left in (x - outer, x + inner):
        for k in range(6):
            y = spring + (base + 0.03 - spring) * k / 6
            low = spring + (base + 0.03 - spring) * (k + 0.92) / 6
            wide = outer - inner
            fill(
                sheet,
                c,
                [(left, y), (left + wide, y), (left + wide, low), (left, low)],
                c.between(0.4, 0.66),
            )
    for _ in range(c.count(4, 9)):
        at, y, size = c.between(0, c.wide), c.between(base + 0.03, c.high), c.between(0.02, 0.06)
        fill(
            sheet,
            c,
            [
                (at, y),
                (at + size * 1.3, y - 0.3 * size),
                (at + size * 1.3, y + 0.5 * size),
                (at, y + 0.8 * size),
            ],
            0.36,
        )
        fill(
            sheet,
            c,
            [
                (at, y),
                (at + 0.4 * size, y - 0.6 * size),
                (at + 1.5 * size, y - 0.7 * size),
                (at + size * 1.3, y - 0.3 * size),
            ],
            0.7,
        )
    tone = tones(sheet)
    mask = np.clip(tone * 4, 0, 1)
    return lay(
        picture, shade(look.lut, (tone + 0.22 * (noise(c, 12, 4, 0.65) - 0.5)) * dim), mask
    ), mask
