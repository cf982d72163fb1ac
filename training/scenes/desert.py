"""Desert: dunes with a lit and a shaded side, ripples of sand, sometimes mesas."""

import numpy as np

from training.brush import below, lay, line_noise, noise, shade
from training.canvas import Canvas, Field
from training.light import bloom
from training.look import Look
from training.scenes.land import rock
from training.scenes.sky import sky


def draw(c: Canvas, look: Look) -> Field:
    horizon = c.between(0.36, 0.56) * c.high
    picture, sun_x, _ = sky(c, look, horizon)
    dim = 0.25 + 0.75 * look.dim
    if c.chance(0.4):
        picture = mesas(c, picture, look, horizon, dim)
    wind = noise(c, 5, 3, 0.5)
    way = 1 if sun_x < 0.5 * c.wide else -1
    for i in range(c.count(4, 6)):
        near = i / 5
        base = horizon + (c.high - horizon) * 0.75 * near**1.3
        crest = base - (0.03 + 0.09 * near) * line_noise(c, 1.5, 2, 0.25)
        deep = c.y - crest[None, :].astype(np.float32)
        # the dune's spine: towards the sun it is lit, beyond it in shadow
        spine = np.interp(np.linspace(0, 1, 5), [0, 1], c.rng.uniform(0.1, 0.9, 2))[2] * c.wide
        bend = 0.06 * line_noise(c, 3, 2)[None, :]
        side = np.tanh((c.x - spine - bend - (0.6 + 0.8 * near) * deep * way) * 14) * way
        fade = np.exp(-deep * 2.2)
        ripple = np.sin((deep * 60 + 14 * wind + 6 * np.sin(c.x * 5)) * (1.4 - 0.5 * near))
        c.stand(below(c, crest), base, horizon)
        tone = 0.60 - 0.06 * near - 0.2 * side * fade - 0.3 * np.clip(deep, 0, 1)
        tone = (tone + 0.03 * ripple * near + 0.08 * (wind - 0.5) * near) * dim
        picture = lay(picture, shade(look.lut, tone), below(c, crest))
        haze = below(c, crest) * np.exp(-deep * 9) * 0.22 * (1 - near)
        picture = lay(picture, shade(look.lut, 0.85 * dim), haze)
    return bloom(picture, 0.06, 0.4)


def mesas(c: Canvas, picture: Field, look: Look, horizon: float, dim: float) -> Field:
    """Flat-topped rocks far away, in bands."""
    _, lean = rock(c, 9, 3)
    steps = np.round(line_noise(c, 1.6, 2, 0.4) * 2.5) / 2.5
    top = horizon + 0.03 - 0.16 * np.clip(steps, 0, 1)
    top = np.convolve(np.pad(top, 3, "edge"), np.ones(7) / 7, "valid").astype(np.float32)
    bands = 0.07 * np.sin(c.y * 130 + 3 * noise(c, 3, 2))
    tone = (0.45 + bands + 1.3 * lean) * dim
    c.stand(below(c, top), horizon + 0.03, horizon)
    return lay(picture, shade(look.lut, tone), below(c, top))
