"""Clouds: heaped cumulus seen from among them, and the storm that grows out of them."""

import numpy as np

from training.brush import blob, lay, noise, shade, stroke, swirl, tones
from training.canvas import Canvas, Field
from training.light import WHITE, bloom, rain, shine, stars
from training.look import Look
from training.palettes import rgb
from training.scenes.land import ridge

WARM = rgb("#ff9a58")


def clouds(c: Canvas, look: Look) -> Field:
    fall, dim = c.y / c.high, 0.25 + 0.75 * look.dim
    picture = shade(look.lut, (0.06 + 0.3 * fall) * dim)
    c.backdrop(0)
    if look.night:
        picture = shine(picture, WHITE, stars(c, 120) * (1 - 0.6 * fall))
    sun_x, sun_y = c.between(0.2, 0.8) * c.wide, c.between(0.1, 0.4) * c.high
    glow = look.accents[0] if look.colours or look.time != "dusk" else WARM
    picture = shine(picture, glow, 0.6 * dim * blob(c, sun_x, sun_y, 0.25))
    for i in range(c.count(3, 5)):
        base = (0.35 + 0.17 * i + c.between(-0.05, 0.05)) * c.high
        heap = noise(c, c.between(2, 3.4), 6, 0.52, wide=1.4)
        heap = swirl(c, heap, noise(c, 5, 3), noise(c, 5, 3), 0.12)
        body = heap * 0.42 - np.abs(c.y - base - 0.1) * (0.9 if i < 3 else 0.6)
        mask = np.clip((body - 0.04) * 11, 0, 1)
        c.place(mask, 0.1 + 0.17 * i + 0.12 * mask * heap)
        lit = heap - np.roll(heap, (6, 3 if sun_x < 0.5 * c.wide else -3), (0, 1))
        under = np.clip((c.y - base) * 2.6, -0.4, 0.6)
        tone = (0.8 + 1.7 * lit - 0.42 * under + 0.12 * blob(c, sun_x, sun_y, 0.5)) * dim
        picture = lay(picture, shade(look.lut, np.clip(tone, 0.1, 1)), 0.95 * mask)
        edge = np.clip(lit * 4, 0, 1) * mask * blob(c, sun_x, sun_y, 0.5)
        picture = shine(picture, glow, 0.7 * edge * dim)
    return bloom(picture, 0.06, 0.35)


def storm(c: Canvas, look: Look) -> Field:
    """Dark towering clouds, lightning, curtains of rain over a dark land."""
    roll = swirl(
        c, noise(c, c.between(1.8, 3), 6, 0.58, wide=1.5), noise(c, 3, 4), noise(c, 3, 4), 0.45
    )
    lit = roll - np.roll(roll, (-5, 2), (0, 1))
    dim = 0.6 + 0.4 * look.dim
    base, x = c.between(0.6, 0.75) * c.high, c.between(0.2, 0.8) * c.wide
    under = np.exp(-(((c.y - base) / 0.14) ** 2))
    tone = (0.12 + 0.36 * roll + 1.3 * lit + 0.26 * under * roll) * dim
    picture = shade(look.lut, np.clip(tone, 0.02, 1))
    c.backdrop(0.05 + 0.4 * np.clip((base - c.y) / base, 0, 1) * (0.5 + roll))
    picture = shine(picture, look.accents[0], blob(c, x, 0.3 * c.high, 0.35) * (0.25 + 0.5 * roll))
    picture = rain(c, picture, look.lut) if c.chance(0.4) else picture
    bolts = c.sheet()
    for _ in range(c.count(1, 3)):
        bolt(c, bolts, x + c.between(-0.2, 0.2), c.between(0.05, 0.25) * c.high, base, 0.007)
    flash = tones(bolts)
    land, _ = ridge(c, base + 0.06, 0.05, 2.5, 5, c.chance(0.5))
    picture = lay(picture, shade(look.lut, 0.03 + 0.12 * under), land)
    c.stand(land, base + 0.06, base)
    flash = flash * (1 - land)
    picture = shine(picture, 0.4 * look.accents[1] + 0.6, flash)
    return bloom(picture, 0.04, 0.9, 0.55)


def bolt(c: Canvas, sheet: np.ndarray, x: float, y: float, foot: float, width: float) -> None:
    """A broken line of light that forks on its way down; in place."""
    points, way = [(x, y)], c.between(-0.25, 0.25)
    while points[-1][1] < foot:
        at = points[-1]
        points.append((at[0] + 0.03 * way + c.between(-0.03, 0.03), at[1] + c.between(0.02, 0.05)))
    stroke(sheet, c, points, width, 1.0 if width > 0.005 else 0.7)
    if width > 0.005:
        for at in points[2:-2:3]:
            if c.chance(0.5):
                bolt(c, sheet, at[0], at[1], min(foot, at[1] + c.between(0.08, 0.2)), 0.004)
