"""Forest: trunks in mist, falling light; at the foot, perhaps, glowing mushrooms."""

import numpy as np

from training.brush import blob, lay, noise, shade, tones
from training.canvas import Canvas, Field
from training.light import bloom, rays, shine
from training.look import Look
from training.scenes.plants import clump, grass, mushrooms, trunk
from training.scenes.sky import beyond


def draw(c: Canvas, look: Look) -> Field:
    dim = 0.55 if look.extra and look.dim > 0.6 else 0.35 + 0.65 * look.dim
    ground = c.between(0.66, 0.78) * c.high
    eye = ground - 0.1
    light_x, light_y = c.between(0.3, 0.7) * c.wide, c.between(0.25, 0.5) * c.high
    mist = blob(c, light_x, light_y, c.between(0.35, 0.55))
    leaves = noise(c, 7, 5, 0.65)
    picture = shade(look.lut, (0.18 + 0.8 * mist + 0.16 * (leaves - 0.5)) * dim)
    if look.second:
        picture = lay(picture, beyond(c, look), np.clip(1.4 - c.y / ground, 0, 0.9))
    c.backdrop(0.05)
    bark = noise(c, 14, 3, 0.6, wide=0.25)
    dense = c.between(0.7, 1.4)
    for i in range(4):
        near, sheet = i / 3, c.sheet()
        for _ in range(round((9, 7, 4, 2)[i] * c.wide * dense)):
            x = c.between(0, c.wide)
            if near > 0.9:
                x = c.wide * float(c.rng.choice([c.between(-0.02, 0.2), c.between(0.8, 1.02)]))
            width = (0.010 + 0.045 * near**1.5) * c.between(0.7, 1.4)
            trunk(sheet, c, x, ground + 0.2 * near**1.5 + c.between(-0.01, 0.03), width, 1.0)
        mask = tones(sheet)
        rim = np.clip(np.roll(mask, 2 if light_x < 0.5 * c.wide else -2, axis=1) - mask, -1, 0)
        tone = (0.46 - 0.42 * near) * dim + 0.10 * near * (bark - 0.4) - 0.22 * rim * dim * mist
        picture = lay(picture, shade(look.lut, tone + 0.015), mask)
        c.place(mask, c.level(ground + 0.2 * near**1.5, eye) * (0.5 + 0.5 * near))
        fog = np.exp(-(((c.y - ground) / 0.2) ** 2)) * 0.34 * (1 - near)
        picture = lay(picture, shade(look.lut, 0.6 * dim), fog)
    arch = 0.22 * c.high + 0.3 * (leaves - 0.5) + 0.22 * ((c.x - light_x) / c.wide * 2) ** 2
    canopy = np.clip((arch - c.y) * 9, 0, 1)
    picture = lay(
        picture, shade(look.lut, (0.07 + 0.3 * leaves * leaves + 0.1 * mist) * dim), canopy
    )
    c.place(canopy, 0.2 + 0.4 * np.clip(arch - c.y, 0, 0.5))
    sprigs = c.sheet()
    for _ in range(int(38 * c.wide)):
        x = c.between(0, c.wide)
        y = c.between(0, 0.2 + 0.22 * ((x - light_x) / c.wide * 2) ** 2) * c.high
        clump(sprigs, c, x, y, c.between(0.02, 0.05), 4)
    tone = tones(sprigs)
    picture = lay(picture, shade(look.lut, (0.06 + 0.4 * tone) * dim), 0.9 * (tone > 0))
    c.place(tone > 0, 0.25 + 0.4 * np.clip(arch - c.y, 0, 0.5))
    picture = grass(c, picture, look, ground, dim, eye)
    picture = shine(picture, shade(look.lut, 0.9), 0.6 * dim * rays(c, light_x, -0.1))
    if look.extra:
        picture = mushrooms(c, picture, look, ground, c.count(7, 13), eye)
    return bloom(picture, 0.04, 0.5, 0.55)
