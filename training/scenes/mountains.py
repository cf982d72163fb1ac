"""Mountains: ranges in haze, snow on the peaks, sometimes a lake."""

import numpy as np

from training.brush import Field, Rng, bloom, grid, lay, noise, shade
from training.look import Look
from training.scenes.ridges import ridge
from training.scenes.sky import sky


def draw(rng: Rng, size: int, look: Look) -> Field:
    horizon = float(rng.uniform(0.55, 0.68))
    picture, _, _ = sky(rng, size, look, horizon)
    rock = noise(rng, size, 7, 4, 0.6)
    lean = np.roll(rock, 3, axis=1) - rock
    dim = 0.5 if look.night else 1.0
    layers = 4
    for i in range(layers):
        near = i / (layers - 1)
        base = horizon - 0.12 + 0.3 * near
        height = 0.17 * (1 - 0.35 * near)
        mask, below = ridge(rng, size, base, height, 2.5 + 1.5 * near, 5, sharp=i < 3)
        tone = (0.58 - 0.45 * near) * dim + 1.1 * lean * (0.4 + 0.6 * near)
        tone = tone + (0.18 * dim) * np.clip(below * 3, 0, 1) * (1 - near)
        if 0 < i < 3:
            snow = np.clip((0.10 + 0.22 * (rock - 0.5) - below) * 20, 0, 1)
            tone = tone + snow * (0.42 * dim + 1.6 * lean)
        picture = lay(picture, shade(look.lut, tone), mask)
    if rng.random() < 0.35:
        picture = mirror_lake(picture, float(rng.uniform(0.74, 0.82)))
    return bloom(picture, 0.05, 0.35)


def mirror_lake(picture: Field, shore: float) -> Field:
    """Below `shore` the picture is seen again, upside down and a little darker."""
    size = picture.shape[0]
    row = int(shore * size)
    _, y = grid(size)
    picture = picture.copy()
    picture[row:] = (
        picture[2 * row - size : row][::-1] * (0.75 + 0.08 * np.sin(y[row:] * 160))[..., None]
    )
    return picture
