"""Flowers: large blossoms of many petals over soft leaves."""

import numpy as np

from training.brush import blob, dot, lay, noise, shade, tones
from training.canvas import Canvas, Field
from training.light import bloom, shine
from training.look import Look
from training.scenes.plants import clump, greens


def draw(c: Canvas, look: Look) -> Field:
    leaf, deep = greens(look)
    soft = noise(c, 4, 4, 0.5)
    picture = (deep + (leaf - deep) * (soft[..., None] * 0.9 - 0.2)).clip(0, 1) * 0.7
    c.backdrop(0.1 + 0.1 * soft)
    for _ in range(6):
        light = blob(c, c.between(0, c.wide), c.between(0, c.high), c.between(0.03, 0.08))
        picture = shine(picture, look.accents[1], 0.22 * light)
    leaves = c.sheet()
    for _ in range(int(26 * c.wide * c.high)):
        clump(leaves, c, c.between(0, c.wide), c.between(0, c.high), c.between(0.05, 0.12), 4)
    tone = tones(leaves)
    picture = lay(
        picture, (deep + (leaf * 1.1 - deep) * tone[..., None]).clip(0, 1), 0.85 * (tone > 0)
    )
    c.place(tone > 0, 0.28)
    big = c.between(0.7, 1.35)
    count = round(c.between(6, 11) * c.wide * c.high / big**2)
    for i in range(count):
        size = big * (0.09 + 0.12 * i / count) * c.between(0.8, 1.2)
        picture = blossom(
            c, picture, look, c.between(0.05, 0.95) * c.wide, c.between(0.05, 0.95) * c.high, size
        )
    return bloom(picture, 0.04, 0.3)


def blossom(c: Canvas, picture: Field, look: Look, x: float, y: float, radius: float) -> Field:
    """Whorls of petals, each smaller and lighter, a heart and stamens; in place."""
    reach = 1.6 * radius
    rows = slice(max(0, int((y - reach) * c.short)), int((y + reach) * c.short) + 1)
    columns = slice(max(0, int((x - reach) * c.short)), int((x + reach) * c.short) + 1)
    part, u, v = picture[rows, columns], c.x[rows, columns] - x, c.y[rows, columns] - y
    lean, turn = c.between(0.6, 1.0), c.between(0, 6.3)
    v = v / lean
    r, angle = np.hypot(u, v), np.arctan2(v, u)
    part = part * (1 - 0.6 * np.exp(-((r / (radius * 1.2)) ** 4)))[..., None]
    near = c.near[rows, columns]
    petals, whorls, sharp = c.count(5, 9), c.count(1, 4), c.between(0.35, 1.0)
    for k in range(whorls):
        long = radius * (1 - 0.24 * k)
        phase = (angle + turn + k * np.pi / petals) * petals / 2
        wave = np.abs(np.cos(phase)) ** sharp
        rim = long * (0.35 + 0.65 * wave)
        t = np.clip(r / long, 0, 1)
        near = np.where(r < rim, np.clip(0.25 + 2.2 * radius - 0.1 * (1 - t), 0, 1), near)
        crease = np.exp(-((np.abs(np.sin(phase)) * 7) ** 2)) * 0.1
        tone = (
            0.36
            + 0.12 * k
            + 0.42 * t * wave
            - 0.16 * (1 - wave)
            - crease
            + 0.06 * np.cos(phase * 9)
        )
        part = lay(
            part, shade(look.lut, np.clip(tone, 0.05, 1)), np.clip((rim - r) * c.short / 1.3, 0, 1)
        )
    heart = np.clip((radius * 0.22 - r) * c.short / 2, 0, 1)
    part = lay(
        part, look.accents[0] * (0.55 + 0.45 * np.clip(r / (0.22 * radius), 0, 1))[..., None], heart
    )
    picture[rows, columns], c.near[rows, columns] = part, near
    return picture


def meadow(c: Canvas, picture: Field, look: Look, ground: float, dim: float, count: int) -> Field:
    """Small flowers in drifts, larger near the viewer."""
    for k, colour in enumerate((*look.accents, shade(look.lut, 0.75))):
        sheet = c.sheet()
        for _ in range(round(count * c.wide)):
            t = c.rng.random() ** 0.7
            x, y = c.between(0, c.wide), ground + (c.high - ground) * t
            if np.sin(x * 7 + k * 2 + t * 5) > -0.2:
                dot(sheet, c, x, y, 0.003 + 0.014 * t * c.between(0.6, 1.2), c.between(0.6, 1))
        tone = tones(sheet)
        picture = lay(
            picture,
            colour * (0.3 + 0.7 * dim) * (0.4 + 0.6 * tone[..., None]),
            np.clip(tone * 2, 0, 1),
        )
    return picture
