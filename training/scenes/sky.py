"""Skies, shared by all worlds that have a horizon: gradient, clouds, sun or moon, stars."""

import numpy as np

from training.brush import Field, Rng, blob, grid, noise, shade, shine, stars
from training.look import Look


def sky(rng: Rng, size: int, look: Look, horizon: float) -> tuple[Field, float, float]:
    """The sky above `horizon` (picture sizes from the top), and where its sun or moon stands."""
    _, y = grid(size)
    fall = np.clip(y / horizon, 0, 1)
    clouds = noise(rng, size, 2.5, 4, 0.5, wide=2.5)
    sun_x, sun_y = rng.uniform(0.25, 0.75), horizon * rng.uniform(0.3, 0.85)
    low, high = (0.06, 0.36) if look.night else (0.42, 0.88)
    tone = low + (high - low) * fall**1.3
    tone = tone + (0.14 if look.night else 0.22) * np.clip(clouds - 0.5, 0, 1)
    picture = shade(look.lut, tone)
    first, second = look.accents
    if look.night:
        sun_y *= 0.6
        dots = stars(rng, size, int(rng.integers(50, 110))) * (1 - fall)
        picture = shine(picture, np.ones(3, np.float32), dots)
        picture = shine(picture, second, 0.3 * blob(size, sun_x, sun_y, 0.16))
        moon = np.clip((0.04 - distance(size, sun_x, sun_y)) * size / 1.5, 0, 1)
        return shine(picture, second, 0.95 * moon), sun_x, sun_y
    picture = shine(picture, first, 0.55 * blob(size, sun_x, sun_y, 0.3))
    disc = np.clip((0.06 - distance(size, sun_x, sun_y)) * size / 2, 0, 1)
    return shine(picture, second, disc), sun_x, sun_y


def distance(size: int, at_x: float, at_y: float) -> Field:
    x, y = grid(size)
    return np.hypot(x - at_x, y - at_y)
