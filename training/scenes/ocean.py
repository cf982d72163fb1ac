"""Ocean: waves towards a horizon, foam, a path of light under the sun or moon."""

import numpy as np

from training.brush import below, lay, line_noise, look_up, noise, shade
from training.canvas import Canvas, Field
from training.light import bloom, shine
from training.look import Look
from training.scenes.land import ridge
from training.scenes.sky import WARM, sky


def draw(c: Canvas, look: Look) -> Field:
    horizon = c.between(0.32, 0.55) * c.high
    picture, sun_x, _ = sky(c, look, horizon)
    if c.chance(0.3):
        isle, _ = ridge(c, horizon + 0.005, 0.05, 1.6, 4, True)
        picture = lay(picture, shade(look.lut, 0.42 * look.dim), isle * (c.y < horizon))
        c.place(isle, 0.03)
    depth = np.clip((c.y - horizon) / (c.high - horizon), 0, 1)
    # seen at a slant: rows crowd together towards the horizon
    far = np.log(depth * 14 + 0.45)
    far = (far - far.min()) / (far.max() - far.min())
    rough = c.between(0.4, 1.0)
    swell = noise(c, 9, 5, 0.58, wide=2.4)
    spread = (c.x - 0.5 * c.wide) / (0.3 + 1.1 * depth) + 0.5 * c.wide
    waves = look_up(swell, c, spread, far * c.high)
    lean = waves - np.roll(waves, 2, axis=0)
    crest = np.clip((waves - 0.62 + 2.2 * lean) * 4, 0, 1) * (0.25 + 0.75 * depth) * rough
    dim = look.dim
    tone = 0.10 + 0.16 * dim + 0.24 * waves * dim + 0.2 * (1 - depth) * dim + 1.6 * lean * rough
    water = shade(look.lut, np.clip(tone, 0.02, 0.8))
    foam = np.clip(crest * 1.3 - 0.25 * noise(c, 40, 2), 0, 1)
    water = lay(water, shade(look.lut, 0.45 + 0.5 * dim), foam)
    width = (0.04 + 0.2 * depth) * c.between(0.7, 1.5)
    path = np.exp(-(((c.x - sun_x) / width) ** 2)) * np.clip(waves * 2.6 - 0.7 + 3 * lean, 0, 1)
    gleam = WARM if look.time == "dusk" and not look.colours else look.accents[0]
    water = shine(water, gleam, 0.95 * path)
    picture = lay(picture, water, np.clip((c.y - horizon) * c.short, 0, 1))
    c.place(c.y >= horizon, depth)
    if c.chance(0.3):
        beach = below(c, 0.9 * c.high + 0.04 * line_noise(c, 1.5, 2), 5)
        sand = shade(look.lut, (0.55 + 0.2 * noise(c, 30, 2)) * (0.3 + 0.7 * dim))
        wash = np.clip(np.roll(beach, -6, axis=0) - beach, 0, 1)
        picture = lay(lay(picture, sand, beach), shade(look.lut, 0.95), 0.7 * wash * dim)
    return bloom(picture, 0.035, 0.4)
