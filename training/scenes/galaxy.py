"""Galaxy: a tilted disc with spiral arms, dust lanes, knots of new stars and a burning core."""

import numpy as np

from training.brush import noise, shade
from training.canvas import Canvas, Field
from training.light import WHITE, bloom, shine, stars
from training.look import Look


def draw(c: Canvas, look: Look) -> Field:
    tilt, turn = c.between(0.4, 0.95), c.between(0, np.pi)
    u, v = c.x - c.between(0.42, 0.58) * c.wide, c.y - c.between(0.42, 0.58) * c.high
    u, v = u * np.cos(turn) + v * np.sin(turn), (v * np.cos(turn) - u * np.sin(turn)) / tilt
    r, angle = np.hypot(u, v) + 1e-3, np.arctan2(v, u)
    arms, size = int(c.rng.choice([2, 2, 3, 4])), c.between(0.3, 0.42)
    grain, clumps = noise(c, 9, 5, 0.6), noise(c, 22, 3, 0.6)
    wind = float(c.rng.choice([-1, 1])) * c.between(3.4, 5.2) * np.log(r / size + 0.12)
    phase = arms * angle + wind * arms / 2 + 1.5 * (grain - 0.5) + c.between(0, 6.3)
    arm = (0.5 + 0.5 * np.cos(phase)) ** 2.4
    lane = (0.5 + 0.5 * np.cos(phase + 0.9)) ** 5
    disc, core = np.exp(-((r / size) ** 2)), np.exp(-((r / (0.19 * size)) ** 2))
    lower = v if np.cos(turn) > 0 else -v
    c.backdrop(0.1 + disc * np.clip(0.3 + 0.45 * lower, 0, 1) + 0.15 * core)
    tone = disc * (0.12 + 0.95 * arm * (0.35 + 0.8 * grain) - 0.22 * lane * grain) + 0.8 * core
    picture = shade(look.lut, np.clip(tone + 0.16 * np.exp(-r / (0.4 * size)), 0, 1))
    knots = np.clip((clumps - 0.62) * 4, 0, 1) * arm * disc
    picture = shine(picture, look.accents[0], 1.1 * knots)
    picture = shine(picture, look.accents[1], 0.9 * core)
    picture = shine(picture, WHITE, stars(c, c.count(110, 240)))
    return bloom(picture, 0.05, 0.55)
