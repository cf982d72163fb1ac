"""Towers: blocks with windows, spires and neon signs, for every world that has houses."""

import numpy as np

from training.brush import lay, noise, shade
from training.canvas import Canvas, Field
from training.look import Look

Box = tuple[float, float, float, float]


def tower(
    c: Canvas, picture: Field, lit: Field, look: Look, box: Box, near: float, at: Field | float
) -> None:
    """A block (x0, y0, x1, y1 in short sides) drawn into picture, its lights into lit; in place.

    near: how near its colours are, from 0 to 1. at: its nearness.
    """
    scale = c.short
    left, right = (int(np.clip(v, 0, c.wide) * scale) for v in (box[0], box[2]))
    top, foot = (int(np.clip(v, 0, c.high) * scale) for v in (box[1], box[3]))
    if right - left < 4 or foot - top < 8:
        return
    glow = look.night or look.extra
    dark = (0.36 - 0.27 * near) * (0.5 if look.night else 0.7 if look.time == "dusk" else 1.3)
    fall = np.linspace(0, 0.12, foot - top, dtype=np.float32)[:, None] * (1.6 - near)
    side = np.where(np.arange(right - left) < (right - left) * c.between(0.25, 0.75), 0.05, -0.03)
    body = dark + fall + side[None].astype(np.float32)
    step_x, step_y = c.count(4, 6) + round(3 * near), c.count(5, 8) + round(3 * near)
    rows, columns = (foot - top - 4) // step_y, (right - left - 3) // step_x
    if rows > 0 and columns > 0:
        pane = np.zeros((step_y, step_x), np.float32)
        pane[: max(2, step_y - 3), : max(2, step_x - 2)] = 1
        on = c.rng.random((rows, columns)) < (0.55 if glow else 0.3 if look.time == "dusk" else 0)
        power = np.where(on, c.rng.uniform(0.3, 1, (rows, columns)), 0).astype(np.float32)
        kind = c.rng.random((rows, columns)) < (0.5 if look.extra else 0.82)
        first, second = look.accents
        colour = np.where(kind[..., None], first, second) * power[..., None]
        area = (
            slice(top + 4, top + 4 + rows * step_y),
            slice(left + 2, left + 2 + columns * step_x),
        )
        body[4 : 4 + rows * step_y, 2 : 2 + columns * step_x] += np.tile(pane, (rows, columns)) * (
            0.16 if not glow else -0.02
        )
        lit[area] = 0
        lit[area] += np.kron(colour, pane[..., None])
    picture[top:foot, left:right] = shade(look.lut, body)
    c.near[top:foot, left:right] = np.broadcast_to(at, c.shape)[top:foot, left:right]
    if c.chance(0.35):
        mast, tip = (left + right) // 2, max(top - int(scale * c.between(0.03, 0.1)), 0)
        picture[tip:top, mast : mast + 2] = shade(look.lut, dark)
        c.near[tip:top, mast : mast + 2] = np.broadcast_to(at, c.shape)[tip:top, mast : mast + 2]
    if look.extra and near > 0.3 and c.chance(0.85):
        sign(c, lit, (left, top, right, foot), look.accents[c.count(0, 1)])


def sign(c: Canvas, lit: Field, box: tuple[int, int, int, int], colour: Field) -> None:
    """A tall or wide neon board with strokes of writing, or an edge of light down the tower."""
    left, top, right, foot = box
    kind = c.rng.random()
    if kind < 0.35:
        edge = left if c.chance(0.5) else right - 3
        lit[top:foot, edge : edge + 3] = colour
        return
    tall = kind < 0.75
    width, height = ((right - left) // 4 + 4, (foot - top) // 3) if tall else (right - left - 6, 11)
    if width < 4 or height < 4:
        return
    x0 = int(c.rng.integers(left, max(left + 1, right - width)))
    y0 = int(c.rng.integers(top + 2, max(top + 3, foot - height - 6)))
    board = lit[y0 : y0 + height, x0 : x0 + width]
    board[:] = colour * 0.95
    board[2:-2, 2:-2] = 0.18 * colour
    for k in range(3, (height if tall else width) - 4, 6):
        part = board[k : k + 4, 4:-3] if tall else board[4:-3, k : k + 4]
        part[:] = colour * c.between(0.5, 1) + 0.15


def wet(c: Canvas, picture: Field, look: Look, street: float, shine: float) -> Field:
    """The ground below `street`: dark, with a smeared mirror of the lights above it."""
    row, count = int(street * c.short), c.height - int(street * c.short)
    depth = ((c.y - street) / (c.high - street))[row:]
    ground = shade(look.lut, (0.06 + 0.3 * look.dim**2) * (1 - 0.25 * depth) + 0.02)
    source = np.clip(row - 1 - (np.arange(count) * 1.6).astype(int), 0, row - 1)
    mirror = picture[source]
    ripple = ((noise(c, 22, 3, 0.55, wide=3)[row:] - 0.5) * (6 + 22 * depth)).astype(int)
    columns = np.clip(np.arange(c.width)[None] + ripple, 0, c.width - 1)
    mirror = np.take_along_axis(mirror, columns[..., None], axis=1)
    puddle = np.clip(0.35 + 1.1 * noise(c, 5, 3, 0.5, wide=2)[row:] - 0.3, 0.15, 1)
    out = picture.copy()
    out[row:] = lay(ground, mirror, shine * puddle)
    return out
