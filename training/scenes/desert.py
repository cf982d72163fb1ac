"""Desert: dunes with a lit and a shaded side under a big sun."""

import numpy as np

from training.brush import Field, Rng, bloom, grid, lay, line_noise, noise, shade
from training.look import Look
from training.scenes.sky import sky


def draw(rng: Rng, size: int, look: Look) -> Field:
    x, y = grid(size)
    horizon = float(rng.uniform(0.42, 0.55))
    picture, sun_x, _ = sky(rng, size, look, horizon)
    dim = 0.45 if look.night else 1.0
    wind = noise(rng, size, 20, 2, 0.5, wide=4)
    for i in range(5):
        near = i / 4
        base = horizon + 0.40 * near**1.4
        crest = base - (0.03 + 0.07 * near) * line_noise(rng, size, 1.6, 2, 0.25)
        below = y - crest[None, :].astype(np.float32)
        # the dune's spine: left of it the sun, right of it the shadow
        spine = np.interp(x[0], [0, 1], rng.uniform(0.2, 0.8, 2)) + 0.05 * line_noise(rng, size, 3)
        side = np.tanh((x - spine[None, :] - 0.9 * below) * 9) * (1 if sun_x < 0.5 else -1)
        tone = 0.55 - 0.08 * near - 0.17 * side * np.exp(-below * 3) - 0.35 * np.clip(below, 0, 1)
        tone = (tone + 0.07 * (wind - 0.5) * near) * dim
        picture = lay(picture, shade(look.lut, tone), np.clip(below * size, 0, 1))
    return bloom(picture, 0.06, 0.4)
