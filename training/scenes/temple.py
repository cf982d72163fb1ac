"""Temple: steps, columns and a pediment in a jungle clearing; perhaps overgrown with vines."""

import numpy as np

from training.brush import blob, fill, lay, noise, shade, tones
from training.canvas import Canvas, Field
from training.light import bloom, rays, shine
from training.look import Look
from training.scenes.land import water
from training.scenes.plants import clump, grass, greens, vines
from training.scenes.sky import sky


def draw(c: Canvas, look: Look) -> Field:
    dim = 0.35 + 0.65 * look.dim
    base = c.between(0.72, 0.8) * c.high
    eye = base - 0.12
    picture, _, _ = sky(c, look, base)
    middle, half = 0.5 * c.wide + c.between(-0.08, 0.08), c.between(0.28, 0.36)
    top = base - c.between(0.36, 0.46)
    picture = shine(picture, shade(look.lut, 0.85), 0.6 * dim * blob(c, middle, top, 0.4))
    picture = trees(c, picture, look, base, middle, dim)
    picture = grass(c, picture, look, base, dim, eye)
    picture, stone = facade(c, picture, look, (middle, half, top, base), dim)
    c.stand(stone, base, eye)
    if look.extra:
        picture = vines(
            c, picture, look, (middle - half * 1.1, middle + half * 1.1, top, base), stone
        )
    elif c.chance(0.25):
        picture = water(c, picture, look, base + 0.1, 1.0, eye)
    fans = rays(c, middle + c.between(-0.3, 0.3), -0.15)
    return bloom(shine(picture, shade(look.lut, 0.92), 0.6 * dim * fans), 0.05, 0.4)


def trees(c: Canvas, picture: Field, look: Look, base: float, middle: float, dim: float) -> Field:
    """Leafy walls at both sides, nearer ones darker."""
    leaf, deep = greens(look)
    for near in (0.0, 1.0):
        leaves = noise(c, 7, 5, 0.68)
        wall = np.abs(c.x - middle) * 1.3 + 0.5 * (leaves - 0.5) - (0.3 + 0.14 * near)
        mask = np.clip(wall * 9, 0, 1) * np.clip((c.y - 0.08 * c.high * (1 - near)) * 9, 0, 1)
        colour = (deep + (leaf - deep) * (leaves[..., None] * 1.5 - 0.3)) * (0.9 - 0.4 * near)
        picture = lay(picture, colour * dim, mask)
        c.place(mask, 0.08 + 0.1 * near)
        tufts = c.sheet()
        for _ in range(int(40 * c.wide)):
            x = c.between(0, c.wide)
            if abs(x - middle) > 0.38 + 0.06 * near:
                clump(tufts, c, x, c.between(0.05, base), c.between(0.02, 0.05), 3)
        tone = tones(tufts)
        colour = (deep + (leaf * 1.2 - deep) * tone[..., None]) * (0.9 - 0.3 * near) * dim
        picture = lay(picture, np.clip(colour, 0, 1), 0.85 * (tone > 0))
        c.place(tone > 0, 0.1 + 0.1 * near)
    return picture


def facade(
    c: Canvas, picture: Field, look: Look, frame: tuple[float, ...], dim: float, broken: float = 0
) -> tuple[Field, Field]:
    """(picture with the building, mask of its stone); frame: middle, half width, top, base."""
    middle, half, top, base = frame
    sheet, masonry = c.sheet(), c.sheet()

    def block(corners: list[tuple[float, float]], tone: float) -> None:
        fill(sheet, c, corners, tone)
        fill(masonry, c, corners)

    def box(x0: float, y0: float, x1: float, y1: float, tone: float) -> None:
        block([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], tone)

    if not broken:
        box(middle - half, top, middle + half, base, 0.17)
        box(middle - half * 0.2, base - 0.22, middle + half * 0.2, base, 0.03)
    columns = 2 * c.count(2, 3)
    width = half * (1.2 / columns)
    light = 0.1 * float(c.rng.choice([-1, 1]))
    for i in range(columns):
        x = middle + half * (2 * (i + 0.5) / columns - 1) * 0.98
        cut = top + (base - top) * c.between(0.15, 0.8) if c.chance(broken) else top
        for k in range(8):
            t = (k + 0.5) / 8 * 2 - 1
            left = x + width / 2 * (k / 4 - 1)
            tone = 0.60 - light * t * 2.2 - 0.16 * t * t - (0.05 if k % 2 else 0)
            ragged = cut + (c.between(0, 0.04) if cut > top else 0)
            box(left, ragged, left + width / 8 + 0.002, base, tone)
        if cut == top:
            box(x - width * 0.7, top, x + width * 0.7, top + 0.026, 0.72)
        box(x - width * 0.7, base - 0.026, x + width * 0.7, base, 0.66)
    if not broken or c.chance(0.35):
        box(middle - half - 0.03, top - 0.05, middle + half + 0.03, top, 0.66)
        box(middle - half - 0.03, top - 0.016, middle + half + 0.03, top - 0.008, 0.34)
    if not broken:
        peak = top - 0.05 - c.between(0.1, 0.17)
        block(
            [
                (middle - half - 0.05, top - 0.05),
                (middle, peak),
                (middle + half + 0.05, top - 0.05),
            ],
            0.74,
        )
        inner = [
            (middle - half + 0.04, top - 0.062),
            (middle, peak + 0.035),
            (middle + half - 0.04, top - 0.062),
        ]
        block(inner, 0.42)
    for step in range(5):
        grow, y = 0.02 + 0.035 * step, base + 0.024 * step
        box(middle - half - grow, y, middle + half + grow, y + 0.012, 0.74 - 0.03 * step)
        box(middle - half - grow, y + 0.011, middle + half + grow, y + 0.025, 0.42 - 0.03 * step)
    mask = tones(masonry)
    grain, cracks = noise(c, 12, 4, 0.65), noise(c, 4, 4)
    tone = tones(sheet) + 0.2 * (grain - 0.5) - 0.2 * np.exp(-((np.abs(cracks - 0.5) * 60) ** 2))
    shadow = np.roll(mask, 8, axis=1) * 0.35
    picture = picture * (1 - shadow * (c.y > base - 0.1))[..., None]
    return lay(picture, shade(look.lut, np.clip(tone * dim, 0.02, 1)), mask), mask
