"""Skies, shared by all worlds that have a horizon: gradient, clouds, sun or moon, stars."""

from dataclasses import replace

import numpy as np

from training.brush import blob, lay, noise, shade
from training.canvas import Canvas, Field
from training.light import WHITE, shine, stars
from training.look import Look
from training.palettes import rgb

WARM = rgb("#ff8a40")
ROSE = rgb("#d0507a")


def sky(c: Canvas, look: Look, horizon: float) -> tuple[Field, float, float]:
    """The sky above `horizon` (short sides from the top), and where its sun or moon stands."""
    if look.second:
        return beyond(c, look), 0.5 * c.wide, 0.3 * horizon
    c.backdrop(0)
    fall = np.clip(c.y / horizon, 0, 1)
    clouds = noise(c, c.between(1.6, 3.2), 5, 0.52, wide=c.between(1.8, 3.2))
    cover = c.between(0.35, 0.62)
    sun_x, sun_y = c.between(0.2, 0.8) * c.wide, horizon * c.between(0.25, 0.85)
    low, high = {"night": (0.03, 0.3), "dusk": (0.2, 0.66)}.get(look.time, (0.42, 0.86))
    tone = low + (high - low) * fall**1.3
    lit = np.clip((clouds - cover) * 3.2, 0, 1) * (1 - 0.35 * fall)
    near = blob(c, sun_x, sun_y, 0.55)
    tone = tone + lit * (0.07 if look.night else 0.15 + 0.18 * near - 0.25 * (clouds - cover))
    picture = shade(look.lut, tone)
    first, second = look.accents
    if look.night:
        sun_y *= 0.6
        picture = shine(picture, WHITE, stars(c, c.count(60, 160)) * (1 - fall) * (1 - 0.8 * lit))
        picture = shine(picture, second, 0.32 * blob(c, sun_x, sun_y, 0.2))
        disc = np.clip((c.between(0.03, 0.06) - away(c, sun_x, sun_y)) * c.short / 1.5, 0, 1)
        return shine(picture, second, 0.92 * disc), sun_x, sun_y
    if look.time == "dusk":
        sun_y = horizon * c.between(0.78, 0.95)
        glow, band = (first, second) if look.colours else (WARM, ROSE)
        picture = lay(picture, band, 0.35 * np.exp(-(((fall - 0.75) / 0.3) ** 2)))
        picture = lay(picture, glow, (0.75 * blob(c, sun_x, sun_y, 0.5) + 0.3 * fall**5) * 0.8)
        picture = shine(picture, glow, 0.6 * lit * blob(c, sun_x, sun_y, 0.6))
        disc = np.clip((c.between(0.05, 0.1) - away(c, sun_x, sun_y)) * c.short / 2, 0, 1)
        return shine(picture, np.minimum(glow + 0.35, 1), disc), sun_x, sun_y
    picture = shine(picture, first, 0.5 * blob(c, sun_x, sun_y, 0.3))
    disc = np.clip((c.between(0.03, 0.06) - away(c, sun_x, sun_y)) * c.short / 2, 0, 1)
    return shine(picture, second, disc), sun_x, sun_y


def beyond(c: Canvas, look: Look) -> Field:
    """Another world where the sky would be."""
    from training.scenes import SCENES

    picture = SCENES[look.second](c, replace(look, world=look.second, second="", extra=False))
    c.backdrop(0.15 * c.near)
    return picture


def away(c: Canvas, x: float, y: float) -> Field:
    return np.hypot(c.x - x, c.y - y)
