"""Symmetry: the centred, folded worlds: mandala, kaleidoscope, stained glass."""

import cv2
import numpy as np

from training.brush import blob, lay, look_up, noise, shade, veins
from training.canvas import WALL, Canvas, Field
from training.light import bloom, shine
from training.look import Look


def polar(c: Canvas) -> tuple[Field, Field]:
    """(distance from the centre in half long sides of a square, angle)."""
    u, v = c.x - 0.5 * c.wide, c.y - 0.5 * c.high
    return np.hypot(u, v) * 2, np.arctan2(v, u)


def mandala(c: Canvas, look: Look) -> Field:
    """Rings of petals, each ring with its own shape, and beads between them."""
    r, angle = polar(c)
    fold, turn = int(c.rng.choice([6, 8, 10, 12, 16])), c.between(0, 6.3)
    angle = angle + turn
    picture = shade(look.lut, 0.05 + 0.05 * np.cos(fold * angle) + 0.08 * np.exp(-r))
    c.backdrop(WALL - 0.12)
    edge, rings = c.between(0.95, 1.25) * min(1.0, 1.0), c.count(5, 8)
    soft = c.short / 4
    for i in range(rings):
        outer, inner = edge * (1 - i / rings), edge * (1 - (i + 1) / rings)
        many = fold * (2 if i < rings // 2 and c.chance(0.5) else 1)
        wave = np.abs(np.cos((angle + (i % 2) * np.pi / many) * many / 2))
        petal = wave ** c.between(0.3, 0.7) if c.chance(0.5) else 1 - np.arccos(wave) * 0.64
        rim = inner + (outer - inner) * (0.25 + 0.75 * petal)
        mask = np.clip((rim - r) * soft, 0, 1)
        c.place(mask, WALL - 0.08 + 0.16 * (i + 1) / rings)
        deep = np.clip((rim - r) / (outer - inner + 1e-3), 0, 1.5)
        tone = c.between(0.25, 0.75) + 0.35 * np.exp(-deep * 3) - 0.3 * deep * (1 - petal)
        tone = tone + 0.1 * np.cos(deep * 14) * petal
        picture = lay(picture, shade(look.lut, np.clip(tone, 0.03, 1)), mask)
        picture = lay(
            picture, shade(look.lut, 0.95), 0.85 * np.exp(-(((rim - r - 0.012) * 75) ** 2))
        )
        beads = (np.cos(angle * many) * 0.5 + 0.5) ** 5
        bead = np.exp(-(((r - inner - (outer - inner) * 0.45) / 0.022) ** 2)) * beads
        picture = lay(picture, look.accents[i % 2], 0.95 * bead)
    heart = np.exp(-((r / (0.5 * edge / rings)) ** 4))
    picture = lay(picture, look.accents[1] * (0.6 + 0.4 * np.cos(r * 60))[..., None], heart)
    return bloom(picture, 0.03, 0.35)


def kaleidoscope(c: Canvas, look: Look) -> Field:
    """A wedge of cut, coloured glass mirrored round and round."""
    r, angle = polar(c)
    c.backdrop(0.2 + 0.35 * r)
    fold = int(c.rng.choice([4, 6, 8, 10, 12]))
    wedge = 2 * np.pi / fold
    a = np.abs((angle + c.between(0, 6.3)) % wedge - wedge / 2)
    zoom = c.between(0.5, 0.9)
    u, v = 0.1 + zoom * r * np.cos(a), 0.1 + zoom * r * np.sin(a) * 1.6
    tone, edge, which = facets(c, c.count(26, 60))
    tone, which = look_up(tone, c, u, v), look_up(which, c, u, v)
    lead = look_up(edge, c, u, v)
    shimmer = look_up(noise(c, 5, 4, 0.55), c, u, v)
    picture = shade(look.lut, np.clip(0.1 + 0.8 * tone + 0.35 * (shimmer - 0.5), 0, 1))
    for k, colour in enumerate(look.accents):
        picture = lay(
            picture,
            colour * (0.35 + 0.65 * shimmer[..., None]),
            0.85 * (np.abs(which - 0.3 - 0.4 * k) < 0.1),
        )
    picture = lay(picture, shade(look.lut, 0.98), 0.55 * lead)
    picture = shine(picture, shade(look.lut, 0.95), 0.8 * np.exp(-((r / 0.12) ** 2)))
    return bloom(picture, 0.04, 0.4)


def facets(c: Canvas, count: int) -> tuple[Field, Field, Field]:
    """Cells about random points: (a tone for each, their borders, a number for each; all 0..1)."""
    count = round(count * (c.wide * c.high))
    half = np.stack([c.rng.uniform(0, c.wide, count), c.rng.uniform(0, c.high, count)], 1)
    small = (max(8, c.width // 2), max(8, c.height // 2))
    x = (np.arange(small[0]) + 0.5) / small[0] * c.wide
    y = (np.arange(small[1]) + 0.5) / small[1] * c.high
    apart = (x[None, :, None] - half[:, 0]) ** 2 + (y[:, None, None] - half[:, 1]) ** 2
    near = np.argmin(apart, axis=2)
    ids = cv2.resize(near.astype(np.float32), (c.width, c.height), interpolation=cv2.INTER_NEAREST)
    ids = ids.astype(int)
    edge = (ids != np.roll(ids, 1, 0)) | (ids != np.roll(ids, 1, 1))
    edge = cv2.GaussianBlur(edge.astype(np.float32), (0, 0), 1.1) * 2.2
    tone, which = c.rng.random(count, np.float32), c.rng.random(count, np.float32)
    return tone[ids], np.clip(edge, 0, 1), which[ids]


def glass(c: Canvas, look: Look) -> Field:
    """A window of leaded panes with a rose, lit from behind."""
    r, angle = polar(c)
    c.backdrop(WALL)
    tone, _, which = facets(c, c.count(45, 110))
    fold, turn = int(c.rng.choice([6, 8, 12])), c.between(0, 6.3)
    size = c.between(0.45, 0.9)
    ring, part = np.floor(r / size * 4), np.floor((angle + turn) / (2 * np.pi) * fold)
    table = c.rng.random((2, 64), np.float32)
    inside = r < size
    key = (ring * 7 + (part % 2) * 3 + 11).astype(int) % 64
    rose = np.where((part % 2) > 0, 0.9, 1.0) * table[0][key]
    tone, which = np.where(inside, rose, tone), np.where(inside, table[1][key], which)
    steps = np.round(tone * 40 + which * 23)
    lead = (steps != np.roll(steps, 1, 0)) | (steps != np.roll(steps, 1, 1))
    lead = cv2.GaussianBlur(cv2.dilate(lead.astype(np.float32), np.ones((2, 2))), (0, 0), 0.8)
    grain = noise(c, 16, 3, 0.6)
    behind = blob(c, c.between(0.3, 0.7) * c.wide, c.between(0.2, 0.6) * c.high, 0.6)
    picture = shade(look.lut, np.clip(0.2 + 0.7 * tone, 0, 1))
    for k, colour in enumerate(look.accents):
        picture = lay(picture, colour, 0.9 * (np.abs(which - 0.25 - 0.5 * k) < 0.11))
    picture = picture * (0.55 + 0.5 * behind + 0.3 * (grain - 0.5))[..., None]
    picture = lay(np.clip(picture, 0, 1), shade(look.lut, 0.01) * 0.5, np.clip(lead * 1.5, 0, 1))
    return bloom(picture, 0.05, 0.45, 0.55)


def marble(c: Canvas, look: Look) -> Field:
    """Polished stone: layers of cloud folded by pressure, and veins that branch through them."""
    c.backdrop(WALL)
    turn = c.between(0, np.pi)
    wx, wy = noise(c, 2, 5, 0.55), noise(c, 2, 5, 0.55)
    along = c.x * np.cos(turn) + c.y * np.sin(turn)
    cloud = look_up(noise(c, 2.5, 5, 0.55), c, c.x + 0.7 * (wx - 0.5), c.y + 0.7 * (wy - 0.5))
    bands = np.sin((along * c.between(2, 4) + 2.4 * wx) * np.pi)
    picture = shade(look.lut, np.clip(0.62 + 0.16 * bands * cloud + 0.4 * (cloud - 0.5), 0, 1))
    for k in range(c.count(3, 5)):
        web = look_up(
            noise(c, 1.6 + 0.9 * k, 5, 0.5), c, c.x + 0.4 * (wy - 0.5), c.y + 0.4 * (wx - 0.5)
        )
        power = np.clip(0.25 + 1.2 * look_up(wx, c, c.y, c.x), 0, 1)
        picture = lay(picture, shade(look.lut, 0.14 + 0.1 * k), 0.28 * power * veins(web, 0.5, 9))
        picture = lay(
            picture, shade(look.lut, 0.04 + 0.06 * k), 0.9 * power * veins(web, 0.5, 70 - 6 * k)
        )
        if k == 1:
            gold = power * veins(web, 0.57, 60) * np.clip(cloud * 2.2 - 0.6, 0, 1)
            picture = lay(picture, look.accents[0], gold)
    sheen = np.clip(np.sin((along + c.between(0, 3)) * 2.2), 0, 1) ** 6
    return shine(picture, shade(look.lut, 0.95), 0.16 * sheen)
