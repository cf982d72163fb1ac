"""Jungle: layers of great leaves and hanging lianas around a lit clearing; perhaps mushrooms."""

import numpy as np

from training.brush import blob, fill, lay, noise, shade, stroke, tones
from training.canvas import Canvas, Field
from training.light import bloom, rays, shine
from training.look import Look
from training.scenes.plants import clump, grass, mushrooms, trunk
from training.scenes.sky import beyond


def draw(c: Canvas, look: Look) -> Field:
    dim = 0.55 if look.extra and look.dim > 0.6 else 0.35 + 0.65 * look.dim
    light_x, light_y = c.between(0.35, 0.65) * c.wide, c.between(0.25, 0.5) * c.high
    ground = c.between(0.72, 0.82) * c.high
    eye = ground - 0.1
    glow = blob(c, light_x, light_y, c.between(0.35, 0.5))
    haze = noise(c, 6, 4, 0.6)
    picture = shade(look.lut, (0.18 + 0.7 * glow + 0.16 * (haze - 0.5)) * dim)
    if look.second:
        picture = lay(picture, beyond(c, look), np.clip(1.5 - c.y / ground, 0, 0.9))
    c.backdrop(0.05)
    for i in range(4):
        near, sheet, wood = i / 3, c.sheet(), c.sheet()
        for _ in range(round((4, 2, 1, 0)[i] * c.wide)):
            trunk(wood, c, c.between(0, c.wide), ground + 0.1 * near, 0.012 + 0.02 * near, 1.0)
        picture = lay(picture, shade(look.lut, (0.4 - 0.3 * near) * dim), tones(wood))
        c.place(tones(wood), 0.12 + 0.2 * i)
        for _ in range(round((26, 20, 14, 9)[i] * c.wide)):
            x = c.between(-0.05, 1.05) * c.wide
            rim = min(1.0, abs(x - light_x) / c.wide * 2)
            if c.rng.random() > 0.35 + 0.65 * rim and near > 0.3:
                continue
            y = c.high * (
                c.between(0.0, 0.28 + 0.5 * rim)
                if c.chance(0.55)
                else c.between(0.72 - 0.3 * rim, 1.0)
            )
            frond(sheet, c, x, y, (0.05 + 0.12 * near) * c.between(0.7, 1.4))
        tone = tones(sheet)
        c.place(tone > 0.02, 0.15 + 0.2 * i)
        base = (0.34 - 0.26 * near) * dim
        light = base + (0.3 + 0.12 * near) * tone * dim * (0.45 + 0.9 * glow + 0.4 * near)
        picture = lay(picture, shade(look.lut, light), (tone > 0.02).astype(np.float32))
        picture = lay(picture, shade(look.lut, 0.62 * dim), 0.16 * (1 - near) * (0.4 + glow))
        if i == 2:
            picture = grass(c, picture, look, ground, dim, eye)
    lianas = c.sheet()
    for _ in range(c.count(3, 7)):
        x, x1, sag = c.between(0, c.wide), c.between(0, c.wide), c.between(0.2, 0.6) * c.high
        t = np.linspace(0, 1, 14)
        points = np.stack([x + (x1 - x) * t, 4 * sag * t * (1 - t) - 0.03], 1)
        stroke(lianas, c, points, 0.007)
        for at in points[2:-2:2]:
            clump(lianas, c, float(at[0]), float(at[1]), 0.02, 3)
    picture = lay(picture, shade(look.lut, 0.13 * dim), 0.9 * tones(lianas))
    c.place(tones(lianas), 0.75)
    picture = shine(picture, shade(look.lut, 0.92), 0.7 * dim * rays(c, light_x, -0.15))
    if look.extra:
        picture = mushrooms(c, picture, look, ground - 0.04, c.count(7, 12), eye)
    elif c.chance(0.6):
        picture = blooms(c, picture, look, ground)
    return bloom(picture, 0.04, 0.45, 0.55)


def frond(sheet: np.ndarray, c: Canvas, x: float, y: float, size: float) -> None:
    """A palm leaf or a broad leaf."""
    turn = c.between(0.2, 2.9) * (1 if c.chance(0.8) else -1)
    way = np.array([np.cos(turn), np.sin(turn) * 0.7])
    side = np.array([-way[1], way[0]])
    tone, foot = c.between(0.2, 0.9), np.array([x, y])
    if c.chance(0.5):
        for k in range(1, 9):
            at = foot + way * size * 1.6 * k / 9 + np.array([0, 0.3 * size * (k / 9) ** 2])
            reach = size * 0.55 * np.sin(np.pi * (k + 1) / 11)
            for sign in (-1, 1):
                tip = at + side * sign * reach + way * reach * 0.7
                fill(
                    sheet, c, [at - way * 0.008, tip, at + way * 0.008], tone * c.between(0.8, 1.1)
                )
        return
    t = np.linspace(0, 1, 8)
    width = np.sin(np.pi * t**0.8) * size * 0.34
    spine = foot + way * size * 1.3 * t[:, None]
    fill(sheet, c, [*(spine + side * width[:, None]), *spine[::-1]], tone)
    fill(sheet, c, [*(spine - side * width[:, None]), *spine[::-1]], tone * 0.7)


def blooms(c: Canvas, picture: Field, look: Look, ground: float) -> Field:
    """Orchids here and there, in the accent colours."""
    for colour in look.accents:
        sheet = c.sheet()
        for _ in range(c.count(2, 6)):
            x, y = c.between(0, c.wide), c.between(0.45 * c.high, ground + 0.15)
            clump(sheet, c, x, y, c.between(0.012, 0.03), 6)
        tone = tones(sheet)
        picture = lay(picture, colour * (0.35 + 0.65 * look.dim), tone)
    return picture
