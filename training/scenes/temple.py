"""Temple: steps, columns and a pediment in a jungle clearing; perhaps overgrown with vines."""

import cv2
import numpy as np

from training.brush import Field, Rng, blob, bloom, grid, lay, noise, polygon, rays, shade, shine
from training.look import Look
from training.palettes import rgb

LEAF = rgb("#2f7a2c")
DEEP = rgb("#0f3216")


def draw(rng: Rng, size: int, look: Look) -> Field:
    x, y = grid(size)
    dim = 0.6 if look.night else 1.0
    leaf, deep = (LEAF, DEEP) if not look.colour else (shade(look.lut, 0.42), shade(look.lut, 0.12))
    leaves = noise(rng, size, 7, 4, 0.6)
    light = blob(size, 0.5, 0.25, 0.55)
    picture = shade(look.lut, (0.22 + 0.68 * light) * dim)
    jungle = np.clip((np.abs(x - 0.5) * 1.5 + 0.5 * (leaves - 0.5) - 0.42) * 6, 0, 1)
    green = deep + (leaf - deep) * (leaves[..., None] * 1.1 - 0.1)
    picture = lay(picture, green * (0.5 + 0.5 * dim), jungle)
    half, top, base = rng.uniform(0.30, 0.38), rng.uniform(0.26, 0.34), rng.uniform(0.74, 0.79)
    stone = noise(rng, size, 10, 3, 0.6)
    ground = np.clip((y - base - 0.06) * size / 8, 0, 1)
    picture = lay(
        picture, (deep + (leaf - deep) * 0.6 * stone[..., None]) * (0.4 + 0.6 * dim), ground
    )
    picture, masonry = facade(picture, look, (half, top, base), stone, dim, rng)
    if look.extra:
        picture = vines(picture, (half, top, base), leaf, deep, (masonry, leaves), dim, rng)
    picture = shine(
        picture, shade(look.lut, 0.92), 0.55 * dim * rays(rng, size, rng.uniform(0.3, 0.7), -0.15)
    )
    return bloom(picture, 0.05, 0.4)


def facade(
    picture: Field,
    look: Look,
    frame: tuple[float, float, float],
    stone: Field,
    dim: float,
    rng: Rng,
) -> tuple[Field, Field]:
    """(picture with the building, mask of its stone); frame: half width, column top, base."""
    size = picture.shape[0]
    x, _ = grid(size)
    half, top, base = frame
    grain = 0.16 * (stone - 0.5)
    masonry = np.zeros((size, size), np.float32)

    def block(corners: list[tuple[float, float]], tone: float | Field) -> None:
        nonlocal picture, masonry
        mask = polygon(size, corners)
        picture = lay(picture, shade(look.lut, (tone + grain) * dim), mask)
        masonry = np.maximum(masonry, mask)

    def box(x0: float, y0: float, x1: float, y1: float, tone: float | Field) -> None:
        block([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], tone)

    box(0.5 - half, top, 0.5 + half, base, 0.20)
    box(0.5 - half * 0.25, top + 0.08, 0.5 + half * 0.25, base, 0.02)
    columns = int(rng.choice([4, 6]))
    width = half * (0.30 if columns == 4 else 0.21)
    for i in range(columns):
        centre = 0.5 + half * (2 * (i + 0.5) / columns - 1) * 0.98
        across = (x - centre) / (width / 2)
        flutes = 0.05 * np.cos(across * 9)
        box(centre - width / 2, top, centre + width / 2, base, 0.58 - 0.22 * across + flutes)
        box(centre - width * 0.66, top, centre + width * 0.66, top + 0.03, 0.70)
        box(centre - width * 0.66, base - 0.03, centre + width * 0.66, base, 0.66)
    box(0.47 - half, top - 0.055, 0.53 + half, top, 0.62)
    peak = top - 0.055 - rng.uniform(0.11, 0.17)
    block([(0.46 - half, top - 0.055), (0.5, peak), (0.54 + half, top - 0.055)], 0.72)
    block([(0.53 - half, top - 0.07), (0.5, peak + 0.035), (0.47 + half, top - 0.07)], 0.42)
    for step in range(4):
        grow = 0.02 + 0.035 * step
        box(
            0.5 - half - grow,
            base + 0.03 * step,
            0.5 + half + grow,
            base + 0.03 * (step + 1),
            0.62 - 0.10 * (step % 2) - 0.03 * step,
        )
    return picture, masonry


def vines(
    picture: Field,
    frame: tuple[float, float, float],
    leaf: Field,
    deep: Field,
    texture: tuple[Field, Field],
    dim: float,
    rng: Rng,
) -> Field:
    """Moss in patches over the stone, and strands of leaves hanging from roof and beams."""
    size = picture.shape[0]
    half, top, base = frame
    masonry, leaves = texture
    patch = masonry * np.clip((noise(rng, size, 5, 3) - 0.52) * 7, 0, 1)
    colour = (deep + (leaf - deep) * (0.3 + 0.9 * leaves[..., None])) * (0.3 + 0.7 * dim)
    picture = lay(picture, colour, 0.85 * patch)
    strands = np.zeros((size, size), np.uint8)
    for _ in range(int(rng.integers(14, 22))):
        x = 0.5 + rng.uniform(-1.1, 1.1) * half
        y = top - 0.06 + rng.uniform(-0.02, 0.02)
        length, sway = rng.uniform(0.12, base - top), rng.uniform(-0.02, 0.02)
        steps = int(length / 0.016)
        for step in range(steps):
            at_y = y + step * 0.016
            at_x = x + sway * np.sin(step * 0.5) + rng.uniform(-0.006, 0.006)
            spot = (int(at_x * size * 16), int(at_y * size * 16))
            cv2.circle(
                strands, spot, int(size * rng.uniform(0.007, 0.014) * 16), 255, -1, cv2.LINE_AA, 4
            )
    mask = strands.astype(np.float32) / 255
    bright = (leaf * (0.6 + 0.9 * leaves[..., None])) * (0.35 + 0.65 * dim)
    shadow = np.roll(mask, (3, 2), (0, 1)) * 0.45
    return lay(picture * (1 - shadow)[..., None], np.clip(bright, 0, 1), mask)
