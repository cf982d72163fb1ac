"""Circuit: a board of traces, chips and glowing nodes."""

import numpy as np

from training.brush import blob, dot, fill, lay, noise, shade, stroke, tones
from training.canvas import WALL, Canvas, Field
from training.light import bloom, shine
from training.look import Look

WAYS = np.array([(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)])


def draw(c: Canvas, look: Look) -> Field:
    step = c.between(0.022, 0.034)
    board = noise(c, 18, 2)
    picture = shade(
        look.lut,
        0.12 + 0.08 * board + 0.2 * blob(c, c.between(0, c.wide), c.between(0, c.high), 0.5),
    )
    traces, lights, pads, chips = (c.sheet() for _ in range(4))
    for _ in range(int(64 * c.wide * c.high)):
        at = np.round(np.array([c.between(0, c.wide), c.between(0, c.high)]) / step) * step
        way, points = c.count(0, 7) // 2 * 2, [at]
        for _ in range(c.count(2, 5)):
            at = at + WAYS[way % 8] * step * c.count(2, 7)
            points.append(at)
            way += int(c.rng.choice([-1, 1]))
        live = c.chance(0.3)
        stroke(lights if live else traces, c, points, 0.006, c.between(0.5, 1))
        for end in (points[0], points[-1]):
            dot(pads, c, end[0], end[1], 0.011)
            dot(pads, c, end[0], end[1], 0.005, 0.3)
    for _ in range(c.count(2, 5)):
        x, y = c.between(0.05, 0.85) * c.wide, c.between(0.05, 0.85) * c.high
        w, h = c.between(0.09, 0.24), c.between(0.09, 0.24)
        for k in np.arange(0.012, w, step * 0.8):
            for yy in (y - 0.02, y + h):
                fill(
                    pads,
                    c,
                    [
                        (x + k, yy),
                        (x + k + 0.009, yy),
                        (x + k + 0.009, yy + 0.02),
                        (x + k, yy + 0.02),
                    ],
                )
        fill(chips, c, [(x, y), (x + w, y), (x + w, y + h), (x, y + h)], 0.5)
        fill(
            chips,
            c,
            [
                (x + 0.012, y + 0.012),
                (x + w - 0.012, y + 0.012),
                (x + w - 0.012, y + h - 0.012),
                (x + 0.012, y + h - 0.012),
            ],
            1,
        )
        dot(chips, c, x + 0.03, y + 0.03, 0.008, 0.4)
    trace, light, pad, chip = tones(traces), tones(lights), tones(pads), tones(chips)
    picture = lay(picture, shade(look.lut, 0.32 + 0.32 * trace), np.clip(trace * 2, 0, 1))
    picture = lay(picture, shade(look.lut, 0.45 + 0.4 * pad), np.clip(pad * 2, 0, 1))
    picture = lay(picture, shade(look.lut, 0.3 - 0.26 * chip), np.clip(chip * 2.5, 0, 1))
    c.backdrop(WALL - 0.06 + 0.1 * np.clip(chip * 2.5, 0, 1))
    pulse = 0.45 + 0.75 * noise(c, 3, 2)
    picture = shine(picture, look.accents[0], light * pulse)
    picture = shine(picture, look.accents[1], 0.7 * (pad > 0.6) * (light > 0.2))
    return bloom(picture, 0.03, 0.75, 0.45)
