"""Crystal: clusters of facetted shards, glowing from within, in a dark cave."""

import numpy as np

from training.brush import blob, fill, lay, noise, shade, tones
from training.canvas import Canvas, Field
from training.light import bloom, shine, stars
from training.look import Look


def draw(c: Canvas, look: Look) -> Field:
    root = (c.between(0.38, 0.62) * c.wide, c.between(0.84, 0.98) * c.high)
    cave = noise(c, 4, 5, 0.6)
    picture = shade(
        look.lut, 0.03 + 0.16 * cave + 0.3 * blob(c, root[0], root[1] - 0.4, 0.5) * cave
    )
    c.backdrop(0.1 + 0.1 * cave)
    for near in range(3):
        sheet, edges = c.sheet(), c.sheet()
        for _ in range(round((5, 5, 6)[near] * (0.5 + 0.5 * c.wide))):
            angle = c.rng.normal() * (0.7 if near < 2 else 0.55)
            x = root[0] + angle * 0.16 + (c.between(-0.5, 0.5) * c.wide if near == 0 else 0)
            size = (
                c.between(0.3, 0.62)
                * (0.6 + 0.25 * near)
                * (1 - 0.3 * min(1, abs(angle)))
                * c.high**0.5
            )
            shard(sheet, edges, c, np.array([x, root[1] + 0.05]), angle, size)
        tone, edge = tones(sheet), tones(edges)
        inner = 0.2 * (noise(c, 6, 4) - 0.5) + 0.25 * blob(c, root[0], root[1] - 0.1, 0.35)
        colour = shade(look.lut, np.clip((tone + inner) * (0.55 + 0.22 * near), 0.02, 1))
        picture = lay(picture, colour, 0.95 * (tone > 0.04))
        c.place(tone > 0.04, 0.35 + 0.2 * near)
        picture = shine(picture, look.accents[1], (0.35 + 0.2 * near) * edge)
    picture = shine(picture, look.accents[0], 0.55 * blob(c, root[0], root[1] - 0.15, 0.3))
    picture = shine(picture, look.accents[1], 0.9 * stars(c, 24, 0.5))
    return bloom(picture, 0.05, 0.55, 0.55)


def shard(
    sheet: np.ndarray, edges: np.ndarray, c: Canvas, foot: Field, angle: float, length: float
) -> None:
    """One prism from its foot along an angle (radians from straight up): three faces and a tip."""
    up = np.array([np.sin(angle), -np.cos(angle)])
    side = np.array([-up[1], up[0]]) * length * c.between(0.09, 0.16)
    shoulder, tip = foot + up * length * c.between(0.74, 0.88), foot + up * length
    a, b = sorted(c.rng.uniform(-0.75, 0.75, 2))
    cuts = [-1.0, float(a), float(b), 1.0]
    for left, right, tone in zip(
        cuts[:-1], cuts[1:], c.rng.permutation([0.85, 0.5, 0.25]), strict=True
    ):
        tone = tone * c.between(0.85, 1.15)
        fill(
            sheet,
            c,
            [
                foot + side * left,
                shoulder + side * left,
                shoulder + side * right,
                foot + side * right,
            ],
            tone,
        )
        fill(sheet, c, [shoulder + side * left, tip, shoulder + side * right], min(1, tone + 0.16))
    for cut in cuts[1:3]:
        at = side * cut
        fill(
            edges,
            c,
            [foot + at, shoulder + at, tip, shoulder + at + side * 0.08, foot + at + side * 0.06],
        )
