"""Ice: bergs with hard faces over still cold water, or the vault of an ice cave."""

import numpy as np  # noqa: I001

from training.brush import blob, fill, lay, noise, shade, tones, veins
from training.canvas import Canvas, Field
from training.light import bloom, shine
from training.look import Look
from training.scenes.land import water
from training.scenes.sky import sky
import itertools


def draw(c: Canvas, look: Look) -> Field:
    return cave(c, look) if c.chance(0.3) and not look.second else bergs(c, look)


def bergs(c: Canvas, look: Look) -> Field:
    shore = c.between(0.56, 0.7) * c.high
    picture, _, _ = sky(c, look, shore)
    dim, eye = 0.35 + 0.65 * look.dim, shore - 0.06
    grain, crack = noise(c, 9, 4, 0.6), noise(c, 5, 4)
    for i in range(3):
        near, sheet = i / 2, c.sheet()
        for _ in range(round((4, 3, 1)[i] * c.wide)):
            x, half = c.between(0, c.wide), c.between(0.08, 0.2) * (0.7 + 0.5 * near)
            tall, foot = half * c.between(0.7, 1.8), shore + 0.05 * near
            tops = [
                (x + half * t, foot - tall * h * c.between(0.7, 1.1))
                for t, h in ((-0.6, 0.6), (-0.25, 0.95), (0.1, 1.0), (0.5, 0.55))
            ]
            fill(sheet, c, [(x - half, foot), *tops, (x + half, foot)], 0.6)
            for k, (a, b) in enumerate(itertools.pairwise(tops)):
                low = (
                    x + half * (k - 1) * 0.6 + c.between(-0.05, 0.05) * half,
                    foot - tall * c.between(0, 0.3),
                )
                fill(sheet, c, [a, b, low], c.between(0.35, 1.0))
        tone, mask = tones(sheet), (tones(sheet) > 0.05).astype(np.float32)
        c.stand(mask, shore + 0.05 * near, eye)
        light = (0.3 + 0.62 * tone + 0.16 * (grain - 0.5) + 0.14 * veins(crack, 0.5, 40)) * dim
        picture = lay(picture, shade(look.lut, light + 0.1 * (1 - near)), mask)
        picture = lay(picture, shade(look.lut, 0.8 * dim), 0.15 * (1 - near) * (c.y < shore))
    return bloom(water(c, picture, look, shore + 0.02, 0.95, eye), 0.05, 0.4)


def cave(c: Canvas, look: Look) -> Field:
    x, y = c.between(0.35, 0.65) * c.wide, c.between(0.4, 0.6) * c.high
    ice, crack = noise(c, 4, 5, 0.55), noise(c, 3, 4, 0.55)
    r = np.hypot((c.x - x) / c.wide, (c.y - y) / c.high) * 2 + 0.35 * (ice - 0.5)
    c.backdrop(0.75 * r)
    scallop = np.abs(np.sin(8 * np.log(r + 0.25) + 4 * ice))
    tone = (
        0.95 - 0.75 * np.clip(r, 0, 1.2) ** 0.8 + 0.2 * scallop * r + 0.12 * veins(crack, 0.5, 30)
    )
    picture = shade(look.lut, np.clip(tone * (0.4 + 0.6 * look.dim), 0.05, 1))
    return bloom(shine(picture, look.accents[0], 0.5 * blob(c, x, y, 0.22)), 0.06, 0.45)
