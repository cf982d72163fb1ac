"""Galaxy: a tilted spiral with a bright core."""

import numpy as np

from training.brush import Field, Rng, bloom, grid, noise, shade, shine, stars
from training.look import Look


def draw(rng: Rng, size: int, look: Look) -> Field:
    x, y = grid(size)
    tilt, turn = rng.uniform(0.45, 0.9), rng.uniform(-0.7, 0.7)
    u, v = x - rng.uniform(0.45, 0.55), y - rng.uniform(0.45, 0.55)
    u, v = u * np.cos(turn) + v * np.sin(turn), (v * np.cos(turn) - u * np.sin(turn)) / tilt
    r, angle = np.hypot(u, v) + 1e-3, np.arctan2(v, u)
    sign = rng.choice([-1, 1])
    wind = sign * rng.uniform(3.0, 4.5) * np.log(r * 6 + 0.35) + rng.uniform(0, 6.3)
    grain = noise(rng, size, 8, 4, 0.6)
    arms = (0.5 + 0.5 * np.cos(2 * angle + wind + 1.2 * (grain - 0.5))) ** 1.8
    disc = np.exp(-((r / 0.34) ** 2))
    core = np.exp(-((r / 0.085) ** 2))
    tone = disc * (0.16 + 0.75 * arms * (0.45 + 0.75 * grain)) + 0.75 * core
    picture = shade(look.lut, tone.astype(np.float32))
    picture = shine(picture, look.accents[0], 0.3 * disc * arms * np.clip(grain - 0.4, 0, 1))
    picture = shine(picture, look.accents[1], 0.8 * core)
    picture = shine(picture, np.ones(3, np.float32), stars(rng, size, int(rng.integers(60, 140))))
    return bloom(picture, 0.05, 0.5)
