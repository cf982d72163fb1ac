"""Garden: beds of flowers along a path, round hedges, a pond, trees in bloom."""

import numpy as np

from training.brush import blob, dot, lay, noise, shade, stroke, tones
from training.canvas import Canvas, Field
from training.light import bloom, shine
from training.look import Look
from training.scenes.flowers import meadow
from training.scenes.land import ridge, water
from training.scenes.plants import clump, grass, greens
from training.scenes.sky import sky


def draw(c: Canvas, look: Look) -> Field:
    dim = 0.35 + 0.65 * look.dim
    ground = c.between(0.46, 0.6) * c.high
    picture, _, _ = sky(c, look, ground)
    hills, _ = ridge(c, ground - 0.03, 0.05, 2, 3, False)
    picture = lay(picture, shade(look.lut, 0.45 * dim), hills)
    eye = ground - 0.03
    c.stand(hills, ground, eye)
    picture = grass(c, picture, look, ground, dim * 1.25, eye)
    leaf, deep = greens(look)
    if c.chance(0.4):
        picture = water(c, picture, look, c.high * c.between(0.8, 0.88), 0.9, eye)
    for depth in np.sort(c.rng.uniform(0, 0.55, round(c.between(5, 9) * c.wide))):
        x, foot = c.between(0, c.wide), ground + 0.03 + (c.high - ground) * float(depth)
        size = (0.05 + 0.13 * float(depth)) * c.between(0.8, 1.4)
        picture = tree(c, picture, look, x, foot, size, (leaf, deep), dim, eye)
    picture = meadow(c, picture, look, ground + 0.06, dim, c.count(50, 120))
    picture = shine(
        picture, shade(look.lut, 0.9), 0.3 * dim * blob(c, c.between(0, 1) * c.wide, ground, 0.4)
    )
    return bloom(picture, 0.05, 0.35)


def tree(
    c: Canvas,
    picture: Field,
    look: Look,
    x: float,
    foot: float,
    size: float,
    colours: tuple[Field, Field],
    dim: float,
    horizon: float,
) -> Field:
    """A round hedge, or a tree with its crown in leaf or in bloom."""
    leaf, deep = colours
    kind = c.rng.random()
    high = foot - size * (0.6 if kind < 0.4 else 2.0)
    if kind >= 0.4:
        wood = c.sheet()
        stroke(wood, c, [(x, foot), (x + 0.01, high)], size * 0.2)
        picture = lay(picture, shade(look.lut, 0.1 * dim), tones(wood))
        c.stand(tones(wood), foot, horizon)
    crown = c.sheet()
    for _ in range(14):
        a, b = c.between(0, 6.3), size * c.between(0, 0.75)
        dot(crown, c, x + b * np.cos(a), high + 0.8 * b * np.sin(a), size * c.between(0.3, 0.5))
    for _ in range(16):
        a = c.between(0, 6.3)
        clump(crown, c, x + size * np.cos(a), high + 0.8 * size * np.sin(a), size * 0.3, 3)
    mask = (tones(crown) > 0.2).astype(np.float32)
    c.stand(mask, foot, horizon)
    texture = noise(c, 20, 3, 0.7)
    lit = np.clip(0.55 - (c.y - high + 0.5 * (c.x - x)) / size * 0.4 + 0.7 * (texture - 0.5), 0, 1)
    bright = look.accents[0] if kind > 0.75 else leaf
    dark = bright * 0.35 if kind > 0.75 else deep
    return lay(picture, (dark + (bright * 1.15 - dark) * lit[..., None]).clip(0, 1) * dim, mask)
