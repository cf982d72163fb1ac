"""Planets: banded and cratered worlds lit from one side, rings, moons, stars."""

import numpy as np

from training.brush import lay, noise, shade
from training.canvas import Canvas, Field
from training.light import WHITE, bloom, shine, stars
from training.look import Look


def draw(c: Canvas, look: Look) -> Field:
    gas = noise(c, 2.5, 5, 0.55)
    picture = shade(look.lut, 0.02 + 0.2 * np.clip(gas - 0.4, 0, 1))
    picture = shine(picture, WHITE, stars(c, c.count(100, 220)))
    c.backdrop(0.02)
    lamp = np.array([c.between(-0.9, 0.9), c.between(-0.8, 0.2), 0.55])
    lamp = lamp / np.linalg.norm(lamp)
    for _ in range(c.count(1, 3)):
        x, y, size = c.between(0, c.wide), c.between(0, c.high), c.between(0.02, 0.06)
        picture = planet(c, picture, look, (x, y, size), lamp, False)
    at = (c.between(0.3, 0.7) * c.wide, c.between(0.35, 0.7) * c.high, c.between(0.2, 0.36))
    return bloom(planet(c, picture, look, at, lamp, c.chance(0.45)), 0.04, 0.4)


def planet(
    c: Canvas, picture: Field, look: Look, at: tuple[float, ...], lamp: Field, rings: bool
) -> Field:
    """One ball (x, y, radius) with an atmosphere; its rings pass behind and before it."""
    x, y, size = at
    lean = c.between(-0.5, 0.5)
    u, v = (c.x - x) / size, (c.y - y) / size
    u, v = u * np.cos(lean) + v * np.sin(lean), v * np.cos(lean) - u * np.sin(lean)
    inside = 1 - u * u - v * v
    z = np.sqrt(np.clip(inside, 0, 1))
    ball = np.clip(inside * size * c.short / 2, 0, 1)
    light = np.clip((c.x - x) / size * lamp[0] + (c.y - y) / size * lamp[1] + z * lamp[2], 0, 1)
    rough = noise(c, 7, 5, 0.6)
    if c.chance(0.55):
        surface = (
            0.5 + 0.28 * np.sin(v * c.between(9, 20) + 3 * (rough - 0.5)) + 0.2 * (rough - 0.5)
        )
    else:
        surface = np.clip((rough - 0.45) * 2.6 + 0.5, 0.1, 1)
    body = shade(look.lut, np.clip(surface, 0, 1)) * (0.05 + 1.1 * light)[..., None]
    body = body + look.accents[0] * ((1 - z) ** 3 * light * 0.8)[..., None]
    r = np.hypot(u, v / 0.28)
    band = np.clip((r - 1.3) * 20, 0, 1) * np.clip((2.1 - r) * 20, 0, 1)
    band = band * (0.45 + 0.35 * np.sin(r * 46) + 0.2 * np.sin(r * 17)) * (0.9 if rings else 0)
    at_rest = 0.1 + 1.6 * size
    plane = at_rest + size * np.clip(v / 0.28, -2, 2)
    picture = lay(picture, shade(look.lut, 0.8), band * (v < 0))
    ring = rings & (r > 1.33) & (r < 2.07)
    c.place(ring & (v < 0), plane)
    c.place(ball, at_rest + size * z)
    c.place(ring & (v >= 0), plane)
    halo = np.exp(-(((np.sqrt(u * u + v * v) - 1) / 0.09) ** 2)) * light
    picture = lay(shine(picture, look.accents[0], 0.6 * halo), np.clip(body, 0, 1), ball)
    return lay(picture, shade(look.lut, 0.8), band * (v >= 0))
