"""Ocean: waves towards a horizon, a path of light under the sun or moon."""

import cv2
import numpy as np

from training.brush import Field, Rng, bloom, grid, lay, noise, shade, shine
from training.look import Look
from training.scenes.sky import sky


def draw(rng: Rng, size: int, look: Look) -> Field:
    x, y = grid(size)
    horizon = float(rng.uniform(0.36, 0.52))
    picture, sun_x, _ = sky(rng, size, look, horizon)
    depth = np.clip((y - horizon) / (1 - horizon), 0, 1)
    # seen at a slant: rows crowd together towards the horizon
    far = np.log(depth * 12 + 0.5)
    far = (far - far.min()) / (far.max() - far.min())
    swell = noise(rng, size, 9, 3, 0.6, wide=2.2)
    map_x = (0.5 + (x - 0.5) / (0.35 + 1.1 * depth)) * size
    waves = cv2.remap(swell, map_x, far * size, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    crest = np.clip((waves - 0.58) * 3.2, 0, 1)
    base = 0.10 if look.night else 0.26
    tone = base + 0.26 * waves + 0.12 * (1 - depth) + 0.30 * crest * (0.5 if look.night else 1)
    water = shade(look.lut, tone)
    width = 0.05 + 0.16 * depth
    path = np.exp(-(((x - sun_x) / width) ** 2)) * np.clip(waves * 2.4 - 0.75, 0, 1)
    water = shine(water, look.accents[0], (0.9 * path).astype(np.float32))
    picture = lay(picture, water, np.clip((y - horizon) * size, 0, 1))
    return bloom(picture, 0.03, 0.35)
