"""Forest: trunks in mist, falling light; at the foot, perhaps, glowing mushrooms."""

import numpy as np

from training.brush import Field, Rng, blob, bloom, grid, lay, noise, polygon, rays, shade, shine
from training.look import Look


def draw(rng: Rng, size: int, look: Look) -> Field:
    x, y = grid(size)
    dim = 0.5 if look.night or look.extra else 1.0
    ground = float(rng.uniform(0.70, 0.78))
    light_x = float(rng.uniform(0.35, 0.65))
    mist = blob(size, light_x, 0.42, 0.42)
    leaves = noise(rng, size, 6, 4, 0.6)
    picture = shade(look.lut, (0.16 + 0.62 * mist + 0.14 * (leaves - 0.5)) * dim)
    for i in range(4):
        near = i / 3
        for _ in range((7, 6, 4, 2)[i]):
            picture = trunk(picture, look, near, ground, dim, rng)
        fog = np.exp(-(((y - ground) / 0.2) ** 2)) * 0.3 * (1 - near)
        picture = lay(picture, shade(look.lut, 0.6 * dim), fog.astype(np.float32))
    canopy = np.clip((0.26 + 0.35 * (leaves - 0.5) - y + 0.25 * (x - light_x) ** 2) * 9, 0, 1)
    picture = lay(picture, shade(look.lut, (0.10 + 0.25 * leaves) * dim), canopy)
    picture = floor(picture, look, ground, dim, rng)
    fans = rays(rng, size, light_x, -0.1)
    picture = shine(picture, shade(look.lut, 0.9), 0.5 * dim * fans)
    if look.extra:
        for depth in np.sort(rng.uniform(0, 1, int(rng.integers(6, 10)))):
            picture = mushroom(picture, look, ground, float(depth), rng)
        motes = np.zeros((size, size), np.float32)
        for _ in range(14):
            motes += blob(size, rng.random(), rng.uniform(0.3, 0.95), 0.008)
        picture = shine(picture, look.accents[0], 0.8 * motes)
    return bloom(picture, 0.04, 0.5, 0.55)


def trunk(picture: Field, look: Look, near: float, ground: float, dim: float, rng: Rng) -> Field:
    """One tree from above the picture to its foot, wider and darker the nearer it stands."""
    size = picture.shape[0]
    width = (0.012 + 0.045 * near**1.5) * rng.uniform(0.8, 1.3)
    x = rng.uniform(0, 1) if near < 0.9 else rng.choice([rng.uniform(0, 0.2), rng.uniform(0.8, 1)])
    lean = rng.uniform(-0.04, 0.04)
    foot = ground + 0.22 * near**1.5 + rng.uniform(-0.01, 0.03)
    outline = [
        (x + lean - width * 0.7, -0.02),
        (x + lean + width * 0.7, -0.02),
        (x + width, foot - 0.06),
        (x + width * 1.9, foot),
        (x - width * 1.9, foot),
        (x - width, foot - 0.06),
    ]
    tone = (0.42 - 0.38 * near) * dim + 0.01
    return lay(picture, shade(look.lut, tone), polygon(size, outline))


def floor(picture: Field, look: Look, ground: float, dim: float, rng: Rng) -> Field:
    """Moss and grass, lighter where the path catches the light."""
    size = picture.shape[0]
    x, y = grid(size)
    moss = noise(rng, size, 12, 3, 0.6, wide=2)
    depth = np.clip((y - ground) / (1 - ground), 0, 1)
    path = np.exp(-(((x - 0.5) / (0.08 + 0.25 * depth)) ** 2))
    tone = (0.10 + 0.26 * moss + 0.22 * path * (1 - depth)) * dim + 0.02
    edge = np.clip((y - ground - 0.05 * (moss - 0.5)) * size / 10, 0, 1)
    return lay(picture, shade(look.lut, tone), edge)


def mushroom(picture: Field, look: Look, ground: float, depth: float, rng: Rng) -> Field:
    """A pale stem, a domed cap that shines, and its light on the moss."""
    size = picture.shape[0]
    gx, gy = grid(size)
    x, foot = rng.uniform(0.08, 0.92), ground + 0.04 + (0.94 - ground) * depth
    cap = (0.045 + 0.075 * depth) * rng.uniform(0.75, 1.2)
    stem = cap * rng.uniform(1.1, 1.8)
    colour = look.accents[int(rng.random() < 0.3)]
    picture = shine(picture, colour, 0.22 * blob(size, x, foot - stem, cap * 2.4))
    picture = shine(picture, colour, 0.2 * blob(size, x, foot, cap * 1.3))
    leg = [
        (x - cap * 0.16, foot - stem),
        (x + cap * 0.16, foot - stem),
        (x + cap * 0.24, foot),
        (x - cap * 0.24, foot),
    ]
    pale = 0.55 * colour + 0.35
    picture = lay(
        picture,
        pale * (0.5 + 0.5 * np.clip((foot - gy) / stem, 0, 1))[..., None],
        polygon(size, leg),
    )
    u, v = (gx - x) / cap, (gy - (foot - stem)) / (cap * 0.85)
    dome = np.clip((1 - u * u - v * v) * cap * size / 2, 0, 1) * np.clip(
        0.5 + (0.18 - v) * cap * size, 0, 1
    )
    light = np.clip(0.95 + 0.25 * v - 0.3 * np.abs(u) + 0.4 * np.exp(-9 * (v - 0.1) ** 2), 0, 1.3)
    return lay(picture, np.clip(colour * light[..., None] + 0.12, 0, 1), dome)
