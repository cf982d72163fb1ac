"""Plants: trunks, leaves, vines, mushrooms, grass."""

import numpy as np

from training.brush import dot, fill, lay, noise, shade, stroke, tones
from training.canvas import Canvas, Field
from training.light import shine
from training.look import Look
from training.palettes import rgb

LEAF, DEEP = rgb("#3d8a34"), rgb("#0f3216")


def greens(look: Look) -> tuple[Field, Field]:
    """(leaf, shadow of leaves): green by nature, of the palette where one is asked for."""
    if look.colours:
        return shade(look.lut, 0.5), shade(look.lut, 0.14)
    return LEAF, DEEP


def clump(sheet: np.ndarray, c: Canvas, x: float, y: float, size: float, leaves: int) -> None:
    """A tuft of pointed leaves of mixed tones about (x, y)."""
    for _ in range(leaves):
        turn, reach = c.between(0, 6.3), size * c.between(0.5, 1.1)
        tip = (x + np.cos(turn) * reach, y + np.sin(turn) * reach * 0.8)
        side = (-np.sin(turn) * reach * 0.22, np.cos(turn) * reach * 0.22)
        mid = ((x + tip[0]) / 2, (y + tip[1]) / 2)
        points = [(x, y), (mid[0] + side[0], mid[1] + side[1]), tip]
        points.append((mid[0] - side[0], mid[1] - side[1]))
        fill(sheet, c, points, c.between(0.25, 1.0))


def trunk(sheet: np.ndarray, c: Canvas, x: float, foot: float, width: float, tone: float) -> None:
    """One tree from above the picture to its roots."""
    lean = c.between(-0.05, 0.05)
    bend = c.between(-0.02, 0.02)
    outline = [
        (x + lean - width * 0.6, -0.05),
        (x + lean + width * 0.6, -0.05),
        (x + bend + width * 0.75, foot * 0.5),
        (x + width, foot - 0.05),
        (x + width * 2.0, foot + 0.02),
        (x + width * 0.4, foot),
        (x - width * 0.3, foot + 0.015),
        (x - width * 2.0, foot + 0.01),
        (x - width, foot - 0.05),
        (x + bend - width * 0.75, foot * 0.5),
    ]
    fill(sheet, c, outline, tone)
    for _ in range(c.count(0, 2)):
        y, way = c.between(0.1, 0.5) * foot, c.rng.choice([-1, 1])
        end = (x + way * c.between(0.08, 0.2), y - c.between(0.05, 0.15))
        stroke(sheet, c, [(x, y), ((x + end[0]) / 2, y - 0.02), end], width * 0.45, tone)


def vines(c: Canvas, picture: Field, look: Look, span: tuple[float, ...], stone: Field) -> Field:
    """Moss in patches over the stone, and leafy strands that hang from `span` (x0, x1, top, foot)."""  # noqa: E501
    leaf, deep = greens(look)
    dim = 0.35 + 0.65 * look.dim
    x0, x1, top, foot = span
    leaves = noise(c, 26, 3, 0.7)
    patch = stone * np.clip((noise(c, 4, 4, 0.6) - c.between(0.46, 0.58)) * 9, 0, 1)
    colour = (deep + (leaf - deep) * (0.2 + 1.2 * leaves[..., None])) * dim
    picture = lay(picture, colour, 0.9 * patch)
    sheet, strands = c.sheet(), c.sheet()
    for _ in range(c.count(10, 18)):
        x, y = c.between(x0, x1), top + c.between(-0.03, 0.05)
        sway, phase = c.between(0.004, 0.02), c.between(0, 6)
        steps = int(c.between(0.15, 1.0) * (foot - top) / 0.02)
        path = [(x + sway * np.sin(k * 0.45 + phase), y + k * 0.02) for k in range(steps + 2)]
        stroke(strands, c, path, 0.006)
        for at in path:
            clump(sheet, c, at[0], at[1], c.between(0.012, 0.026), 3)
    mask, tone = np.maximum(tones(strands), (sheet > 0).astype(np.float32)), tones(sheet)
    shadow = np.roll(mask, (4, 3), (0, 1)) * 0.5
    colour = deep * 0.8 + (leaf * 1.35 - deep * 0.8) * tone[..., None]
    return lay(picture * (1 - shadow)[..., None], np.clip(colour * dim, 0, 1), mask)


def mushroom(
    c: Canvas, picture: Field, look: Look, x: float, foot: float, cap: float, near: float
) -> Field:
    """A pale stem, a domed cap that shines, spots, and its light on the moss; in place."""
    stem = cap * c.between(0.9, 1.7)
    colour = look.accents[int(c.chance(0.3))]
    reach = 3.4 * cap
    rows = slice(max(0, int((foot - stem - reach) * c.short)), int((foot + reach) * c.short) + 1)
    columns = slice(max(0, int((x - reach) * c.short)), int((x + reach) * c.short) + 1)
    part, gx, gy = picture[rows, columns], c.x[rows, columns], c.y[rows, columns]
    if part.size == 0:
        return picture
    glow = np.exp(-((gx - x) ** 2 + (gy - foot + stem * 0.6) ** 2) / (1.5 * cap) ** 2)
    part = shine(part, colour, 0.5 * glow)
    t = np.clip((foot - gy) / stem, 0, 1)
    half = cap * (0.15 + 0.09 * (1 - t) ** 2)
    leg = np.clip((half - np.abs(gx - x)) * c.short, 0, 1) * (gy < foot) * (gy > foot - stem)
    lit = (0.35 + 0.6 * t) * (1 - 0.5 * np.clip((gx - x) / half, 0, 1))
    part = lay(part, (0.5 * colour + 0.4) * lit[..., None], leg)
    u, v = (gx - x) / cap, (gy - (foot - stem)) / (cap * c.between(0.7, 1.0))
    dome = np.clip((1 - u * u - v * v) * cap * c.short / 2, 0, 1)
    dome = dome * np.clip((0.2 - 0.1 * u * u - v) * cap * c.short, 0, 1)
    light = 0.55 + 0.5 * np.exp(-((u + 0.35) ** 2 + (v + 0.55) ** 2) * 3)
    light = light + 0.5 * np.exp(-(((v - 0.15) / 0.12) ** 2)) - 0.25 * np.clip(u, 0, 1)
    spots = sum(
        np.exp(-(((u - a) / 0.13) ** 2 + ((v - b) / 0.1) ** 2))
        for a, b in zip(c.rng.uniform(-0.65, 0.65, 5), c.rng.uniform(-0.75, 0.0, 5), strict=True)
    )
    cap_colour = np.clip(colour * light[..., None] + 0.4 * np.clip(spots, 0, 1)[..., None], 0, 1)
    picture[rows, columns] = lay(part, cap_colour, dome)
    c.near[rows, columns][np.maximum(leg, dome) >= 0.5] = near
    return picture


def mushrooms(
    c: Canvas, picture: Field, look: Look, ground: float, count: int, horizon: float
) -> Field:
    """A company of them, the near ones larger, and drifting motes of light."""
    for depth in np.sort(c.rng.uniform(0, 1, round(count * c.wide))):
        foot = ground + 0.05 + (c.high - 0.02 - ground) * float(depth)
        size = (0.03 + 0.085 * float(depth)) * c.between(0.6, 1.3)
        x, near = c.between(0.04, 0.96) * c.wide, c.level(foot, horizon)
        picture = mushroom(c, picture, look, x, foot, size, near)
    sheet = c.sheet()
    for _ in range(int(22 * c.wide)):
        dot(sheet, c, c.between(0, c.wide), c.between(0.3, 0.95) * c.high, c.between(0.003, 0.006))
    return shine(picture, look.accents[0], 0.9 * tones(sheet))


def grass(
    c: Canvas, picture: Field, look: Look, ground: float, bright: float, horizon: float
) -> Field:
    """Moss and blades, lighter where a path catches the light.

    horizon: the height at which level ground would end.
    """
    moss = noise(c, 10, 4, 0.65, wide=2)
    depth = np.clip((c.y - ground) / (c.high - ground), 0, 1)
    middle = c.between(0.35, 0.65) * c.wide + 0.08 * np.sin(depth * c.between(2, 6))
    path = np.exp(-(((c.x - middle) / (0.06 + 0.26 * depth)) ** 2))
    tone = (0.08 + 0.26 * moss + 0.28 * path * (1 - 0.6 * depth)) * bright + 0.02
    edge = np.clip((c.y - ground - 0.05 * (moss - 0.5)) * c.short / 8, 0, 1)
    picture = lay(picture, shade(look.lut, tone), edge)
    c.place(edge, c.level(c.y, horizon))
    blades = c.sheet()
    for _ in range(int(130 * c.wide)):
        x, y = c.between(0, c.wide), c.between(ground + 0.04, c.high + 0.03)
        tall = 0.02 + 0.06 * (y - ground)
        lean = c.between(-0.4, 0.4) * tall
        stroke(
            blades,
            c,
            [(x, y), (x + lean * 0.4, y - tall * 0.6), (x + lean, y - tall)],
            0.003,
            c.between(0.3, 1),
        )
    blade = tones(blades)
    return lay(picture, shade(look.lut, (0.16 + 0.34 * blade) * bright), 0.8 * (blade > 0))
