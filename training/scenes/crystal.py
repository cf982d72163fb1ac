"""Crystal: a cluster of shards with lit and shaded faces, glowing from within."""

import numpy as np

from training.brush import Field, Rng, blob, bloom, lay, noise, polygon, shade, shine
from training.look import Look


def draw(rng: Rng, size: int, look: Look) -> Field:
    root = np.array([rng.uniform(0.42, 0.58), rng.uniform(0.86, 0.96)])
    cave = noise(rng, size, 4, 4)
    glow = blob(size, root[0], root[1] - 0.35, 0.45)
    picture = shade(look.lut, 0.04 + 0.12 * cave + 0.22 * glow)
    count = int(rng.integers(7, 12))
    for angle in sorted(rng.uniform(-1.15, 1.15, count), key=abs, reverse=True):
        length = rng.uniform(0.45, 0.8) * (1 - 0.35 * abs(angle))
        width = rng.uniform(0.045, 0.085)
        foot = root + np.array([angle * 0.14, 0.02])
        picture = shard(picture, look, foot, angle, length, width, rng)
    picture = shine(picture, look.accents[0], 0.5 * blob(size, root[0], root[1] - 0.1, 0.25))
    return bloom(picture, 0.05, 0.5, 0.55)


def shard(
    picture: Field, look: Look, foot: Field, angle: float, length: float, width: float, rng: Rng
) -> Field:
    """One prism from its foot along an angle (radians from straight up): two faces and a tip."""
    size = picture.shape[0]
    up = np.array([np.sin(angle), -np.cos(angle)])
    side = np.array([-up[1], up[0]])
    edge = rng.uniform(-0.3, 0.3) * width
    shoulder, tip = foot + up * length * 0.82, foot + up * length
    left, middle, right = -side * width, side * edge, side * width
    faces = (
        (0.62, [foot + left, shoulder + left, shoulder + middle, foot + middle]),
        (0.30, [foot + middle, shoulder + middle, shoulder + right, foot + right]),
        (0.90, [shoulder + left, tip, shoulder + middle]),
        (0.48, [shoulder + middle, tip, shoulder + right]),
    )
    fade = blob(size, float(foot[0]), float(foot[1]), 0.5)
    for tone, corners in faces:
        colour = shade(look.lut, tone + rng.uniform(-0.06, 0.06) - 0.2 * fade + 0.08)
        picture = lay(picture, colour, 0.93 * polygon(size, corners))
    spine = [foot + middle, shoulder + middle, tip, shoulder + middle + side * 0.006]
    return shine(picture, look.accents[1], 0.5 * polygon(size, spine))
