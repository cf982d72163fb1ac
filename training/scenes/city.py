"""City: towers in haze along a street; lit windows at night; neon signs and wet reflections."""

import numpy as np

from training.brush import Field, Rng, blob, bloom, grid, lay, noise, shade, shine
from training.look import Look
from training.scenes.sky import sky


def draw(rng: Rng, size: int, look: Look) -> Field:
    street = float(rng.uniform(0.74, 0.82))
    picture, _, _ = sky(rng, size, look, street)
    lit = np.zeros((size, size, 3), np.float32)
    for i in range(3):
        near = i / 2
        # the nearer the row, the wider the gap it leaves for the street in the middle
        place_row(picture, lit, look, street + 0.015 * i, near, rng)
    picture = 1 - (1 - picture) * (1 - np.clip(lit, 0, 1))
    glow = blob(size, 0.5, street, 0.3) * (0.5 if look.extra else 0.25)
    picture = shine(picture, look.accents[1] if look.extra else shade(look.lut, 0.7), glow)
    picture = wet_street(picture, look, street, rng)
    return bloom(picture, 0.035, 0.8 if look.extra else 0.35, 0.45)


def place_row(picture: Field, lit: Field, look: Look, foot: float, near: float, rng: Rng) -> None:
    """One row of towers, drawn into picture and lit (light added later)."""
    gap = 0.04 + 0.34 * near**1.2
    x = -0.05
    while x < 1.05:
        width = rng.uniform(0.07, 0.12) * (1 + 0.9 * near)
        inside = x + width > 0.5 - gap / 2 and x < 0.5 + gap / 2
        if inside and near > 0:
            x = 0.5 + gap / 2
            continue
        height = rng.uniform(0.28, 0.56) + 0.16 * near * rng.random()
        tower(picture, lit, look, (x, foot - height, x + width, foot), near, rng)
        x += width * rng.uniform(1.0, 1.25)


def tower(
    picture: Field,
    lit: Field,
    look: Look,
    box: tuple[float, float, float, float],
    near: float,
    rng: Rng,
) -> None:
    """A block with a lit side, a grid of windows, perhaps a spire and a sign."""
    size = picture.shape[0]
    left, top, right, foot = (int(np.clip(v, 0, 1) * size) for v in box)
    if right - left < 5 or foot - top < 8:
        return
    dark = (0.34 - 0.26 * near) * (0.55 if look.night else 1.25)
    fall = np.linspace(0.0, 0.10, foot - top, dtype=np.float32)[:, None] * (1.6 - near)
    across = np.linspace(0.05, -0.04, right - left, dtype=np.float32)[None]
    picture[top:foot, left:right] = shade(look.lut, dark + fall + across)
    if rng.random() < 0.4:
        middle, spire = (left + right) // 2, int(top - size * rng.uniform(0.04, 0.1))
        picture[max(spire, 0) : top, middle : middle + 2] = shade(look.lut, dark)
    step_x, step_y = (6, 7) if near < 1 else (8, 9)
    rows, columns = (foot - top - 4) // step_y, (right - left - 3) // step_x
    first, second = look.accents
    share = 0.55 if look.night else 0.0
    for row in range(rows):
        for column in range(columns):
            y0, x0 = top + 4 + row * step_y, left + 3 + column * step_x
            pane = (slice(y0, y0 + step_y - 4), slice(x0, x0 + step_x - 3))
            if rng.random() < share:
                colour = first if rng.random() < (0.5 if look.extra else 0.8) else second
                lit[pane] = colour * rng.uniform(0.35, 0.95)
            elif not look.night:
                picture[pane] = shade(look.lut, dark + 0.22 + 0.15 * rng.random())
    if look.extra and near > 0 and rng.random() < 0.85:
        sign(lit, (left, top, right, foot), (first, second)[int(rng.integers(2))], rng)


def sign(lit: Field, box: tuple[int, int, int, int], colour: Field, rng: Rng) -> None:
    """A tall or wide neon board, or an edge of light down the tower."""
    left, top, right, foot = box
    kind = rng.random()
    if kind < 0.4:
        edge = left if rng.random() < 0.5 else right - 3
        lit[top:foot, edge : edge + 3] = colour
        return
    tall = kind < 0.75
    width, height = ((right - left) // 4 + 2, (foot - top) // 3) if tall else (right - left - 6, 9)
    x0 = int(rng.integers(left + 1, max(left + 2, right - width)))
    y0 = int(rng.integers(top + 4, max(top + 5, foot - height - 8)))
    lit[y0 : y0 + height, x0 : x0 + width] = colour * 0.95
    lit[y0 + 3 : y0 + height - 3, x0 + 3 : x0 + width - 3] = 0.35 * colour


def wet_street(picture: Field, look: Look, street: float, rng: Rng) -> Field:
    """The ground: dark, and at night a blurred mirror of the lights above it."""
    size = picture.shape[0]
    row = int(street * size)
    x, y = grid(size)
    out = picture.copy()
    depth = (y[row:] - street) / (1 - street)
    out[row:] = shade(look.lut, (0.10 if look.night else 0.42) - 0.08 * depth)
    count = size - row
    mirror = picture[max(row - 2 * count, 0) : row : 2][::-1][:count]
    ripple = (noise(rng, size, 24, 2, 0.5, wide=3)[row:] * 10 - 5).astype(int)
    columns = np.clip(np.arange(size)[None] + ripple, 0, size - 1)
    mirror = np.take_along_axis(mirror, columns[: len(mirror), :, None], axis=1)
    strength = 0.75 if look.extra else (0.45 if look.night else 0.2)
    part = out[row : row + len(mirror)]
    out[row : row + len(mirror)] = part + (mirror - part) * strength
    lane = np.exp(-(((x[row:] - 0.5) / (0.006 + 0.012 * depth)) ** 2)) * (np.sin(depth * 22) > 0)
    return lay(out, shade(look.lut, 0.8), np.pad(0.5 * lane, ((row, 0), (0, 0))))
