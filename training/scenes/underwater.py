"""Underwater: light falling through the surface, a reef, weeds, fish, bubbles."""

import numpy as np

from training.brush import below, dot, fill, lay, line_noise, noise, shade, stroke, tones
from training.canvas import Canvas, Field
from training.light import bloom, rays, shine
from training.look import Look


def draw(c: Canvas, look: Look) -> Field:
    dim, sun = 0.3 + 0.7 * look.dim, c.between(0.25, 0.75) * c.wide
    fall = c.y / c.high
    near = np.exp(-(((c.x - sun) / 0.6) ** 2))
    caustic = np.abs(noise(c, 6, 3, 0.6, wide=2) - 0.5)
    tone = (
        0.72
        - 0.55 * fall**0.7
        + 0.2 * near * (1 - fall)
        + np.exp(-caustic * 26) * 0.3 * np.exp(-fall * 7)
    )
    picture = shade(look.lut, np.clip(tone * dim, 0.03, 1))
    c.backdrop(0.05)
    picture = shine(picture, shade(look.lut, 0.85), 0.9 * dim * rays(c, sun, -0.3, 14))
    for i in range(3):
        far = i / 2
        reef = (0.72 + 0.12 * far) * c.high - (0.12 - 0.03 * i) * line_noise(c, 2 + i, 5, 0.5)
        coral = noise(c, 12, 4, 0.7)
        tone = (0.36 - 0.22 * far + 0.22 * (coral - 0.4) * (0.4 + far)) * dim
        picture = lay(picture, shade(look.lut, tone), below(c, reef, 2))
        near = 0.25 + 0.35 * far + np.clip(c.y - reef[None], 0, 0.25)
        c.place(below(c, reef, 2), near)
        picture = corals(c, picture, look, reef, far, dim)
    picture = fish(c, picture, look, dim)
    sheet = c.sheet()
    for _ in range(c.count(1, 4)):
        x = c.between(0, c.wide)
        for k in range(c.count(6, 14)):
            dot(
                sheet,
                c,
                x + c.between(-0.03, 0.03),
                c.high * (0.95 - 0.07 * k),
                c.between(0.003, 0.01),
                0.8,
            )
    bubble = tones(sheet)
    ring = np.clip(bubble - 0.7 * np.roll(bubble, (1, 1), (0, 1)), 0, 1)
    return bloom(shine(picture, shade(look.lut, 0.95), 0.8 * ring), 0.05, 0.4)


def corals(c: Canvas, picture: Field, look: Look, reef: Field, far: float, dim: float) -> Field:
    """Weeds that sway and branching corals in the accent colours."""
    weeds, branches = c.sheet(), c.sheet()
    for _ in range(int((5 + 5 * far) * c.wide)):
        column = int(c.rng.integers(0, c.width))
        x, y = column / c.short, float(reef[column]) + 0.02
        tall = c.between(0.08, 0.2) * (0.6 + 0.6 * far)
        t = np.linspace(0, 1, 9)
        if c.chance(0.6):
            sway = c.between(0.01, 0.03) * np.sin(t * 5 + c.between(0, 6))
            stroke(
                weeds,
                c,
                np.stack([x + sway, y - tall * t], 1),
                0.006 + 0.008 * far,
                c.between(0.4, 1),
            )
            continue
        for _ in range(7):
            lean = c.between(-0.7, 0.7)
            end = (x + lean * tall * 0.7, y - tall * c.between(0.4, 0.8))
            mid = (x + lean * tall * 0.2, y - tall * 0.3)
            stroke(branches, c, [(x, y), mid, end], 0.007 + 0.007 * far, c.between(0.5, 1))
            dot(branches, c, *end, 0.006 + 0.006 * far)
    weed, branch = tones(weeds), tones(branches)
    c.place(np.maximum(weed, branch) * 2, 0.25 + 0.35 * far)
    picture = lay(picture, shade(look.lut, (0.2 + 0.3 * weed) * dim), np.clip(weed * 3, 0, 1))
    colour = look.accents[c.count(0, 1)] * (0.25 + 0.6 * branch[..., None]) * dim
    return lay(picture, colour, np.clip(branch * 3, 0, 1) * (0.5 + 0.5 * far))


def fish(c: Canvas, picture: Field, look: Look, dim: float) -> Field:
    sheet, way = c.sheet(), float(c.rng.choice([-1, 1]))
    x0, y0 = c.between(0.2, 0.8) * c.wide, c.between(0.25, 0.6) * c.high
    for _ in range(c.count(5, 16)):
        x, y = x0 + c.rng.normal() * 0.16, y0 + c.rng.normal() * 0.08
        size = c.between(0.012, 0.03)
        t = np.linspace(0, 2 * np.pi, 12)
        fill(
            sheet,
            c,
            np.stack([x + size * np.cos(t), y + 0.45 * size * np.sin(t)], 1),
            c.between(0.6, 1),
        )
        tail = x - way * size * 1.6
        fill(
            sheet,
            c,
            [(x - way * size * 0.7, y), (tail, y - size * 0.5), (tail, y + size * 0.5)],
            0.6,
        )
    tone = tones(sheet)
    c.place(tone * 2, 0.5)
    colour = look.accents[0] * (0.3 + 0.7 * tone[..., None]) * dim
    return lay(picture, colour, np.clip(tone * 2, 0, 1))
