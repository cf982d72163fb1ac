"""Fire: tongues of flame rising from the bottom, smoke and sparks."""

import numpy as np

from training.brush import look_up, noise, shade
from training.canvas import Canvas, Field
from training.light import bloom, shine, stars
from training.look import Look


def draw(c: Canvas, look: Look) -> Field:
    up = 1 - c.y / c.high
    curl = noise(c, 3.5, 4, 0.6)
    lick = c.between(0.25, 0.5) * (curl - 0.5) * (0.3 + up)
    tongues = noise(c, c.between(2.5, 4), 5, 0.58, wide=0.4)
    flame = look_up(tongues, c, c.x + lick, c.y + 0.3 * lick)
    thread = np.exp(
        -((np.abs(look_up(noise(c, 5, 4, 0.6, wide=0.4), c, c.x + lick, c.y) - 0.5) * 16) ** 2)
    )
    heat = np.zeros(c.shape, np.float32)
    for _ in range(c.count(1, 3) if c.wide < 1.2 else c.count(2, 4)):
        middle, width = c.between(0.2, 0.8) * c.wide, c.between(0.16, 0.4)
        tall = c.between(0.65, 1.0)
        across = (c.x + 0.6 * lick - middle) / (width * np.clip(1.15 - up / tall, 0.04, 1))
        heat = np.maximum(heat, np.exp(-(across**2)) * np.clip(1.2 - up / tall, 0, 1))
    c.backdrop(0.15 + 0.45 * heat + 0.15 * heat * flame)
    tone = heat * (0.3 + 1.15 * flame) + 0.28 * thread * heat - 0.06
    smoke = 0.1 * noise(c, 2, 4) * np.clip(up * 1.4, 0, 1)
    picture = shade(look.lut, np.clip(tone * 1.05 + smoke + 0.02, 0, 1))
    sparks = stars(c, c.count(40, 110), 0.3) * np.clip(heat * 1.2 + 0.35, 0, 1)
    picture = shine(picture, look.accents[0], sparks)
    return bloom(picture, 0.06, 0.6, 0.5)
