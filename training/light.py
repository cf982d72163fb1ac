"""Light: glow, rays, stars, weather and the last touch."""

import cv2
import numpy as np
from numpy.typing import NDArray

from training.brush import line_noise, noise, stroke, tones
from training.canvas import Canvas, Field

WHITE = np.ones(3, np.float32)


def shine(picture: Field, colour: Field, light: Field) -> Field:
    """Light added in the manner of film: it never burns past white."""
    return 1 - (1 - picture) * (1 - np.clip(light[..., None] * colour, 0, 1))


def bloom(picture: Field, radius: float = 0.05, amount: float = 0.5, floor: float = 0.6) -> Field:
    """Bright parts glow into their surroundings; radius in short sides."""
    height, width = picture.shape[:2]
    small = cv2.resize(picture, (width // 4, height // 4), interpolation=cv2.INTER_AREA)
    small = np.clip(small - floor, 0, 1) / (1 - floor)
    small = cv2.GaussianBlur(small, (0, 0), max(radius * min(width, height) / 4, 0.5))
    glow = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    return 1 - (1 - np.clip(picture, 0, 1)) * (1 - np.clip(amount * glow, 0, 1))


def stars(c: Canvas, count: int, big: float = 0.1) -> Field:
    """Points of light, `count` to a square; a share `big` of them with a soft round glow."""
    count = max(1, round(count * c.wide * c.high))
    field, bright = np.zeros(c.shape, np.float32), np.zeros(c.shape, np.float32)
    rows, columns = c.rng.integers(0, c.height, count), c.rng.integers(0, c.width, count)
    field[rows, columns] = c.rng.uniform(0.3, 1.0, count).astype(np.float32)
    chosen = max(1, int(count * big))
    bright[rows[:chosen], columns[:chosen]] = 1
    soft = cv2.GaussianBlur(field, (0, 0), 0.7) * 2.6 + cv2.GaussianBlur(bright, (0, 0), 1.6) * 10
    return np.clip(soft, 0, 1)


def rays(c: Canvas, x: float, y: float, spread: float = 9) -> Field:
    """Volumetric light falling from (x, y): soft fans, strongest near their source."""
    angle = np.arctan2(c.x - x, c.y - y + 1e-3)
    fans = line_noise(c, spread / c.wide, 2)
    index = np.clip((angle / np.pi + 1) / 2 * (c.width - 1), 0, c.width - 1).astype(np.int32)
    distance = np.hypot(c.x - x, c.y - y)
    return np.clip(fans[index] + 0.15, 0, 1) * np.exp(-1.1 * distance)


def fog(c: Canvas, picture: Field, lut: Field) -> Field:
    """Banks of mist over the middle and the foot of the picture."""
    banks = noise(c, 2.5, 3, 0.5, wide=2.5)
    low = 1 / (1 + np.exp(-(c.y / c.high - 0.35) * 9))
    veil = np.clip((0.25 + 0.75 * low) * (0.35 + 0.8 * banks), 0, 0.88)
    tone = float(np.clip(0.25 + picture.mean() * 0.75, 0.25, 0.85))
    colour = lut[int(tone * 1023)] * 0.75 + 0.25 * tone
    return picture + (colour - picture) * veil[..., None]


def rain(c: Canvas, picture: Field, lut: Field) -> Field:
    """Slanting streaks, near and far, under a duller light."""
    sheet, slant = c.sheet(), c.between(-0.35, 0.35)
    for _ in range(int(110 * c.wide * c.high)):
        x, y, length = c.between(-0.1, c.wide + 0.1), c.between(-0.1, c.high), c.between(0.04, 0.13)
        stroke(sheet, c, [(x, y), (x + slant * length, y + length)], 0.001, c.between(0.2, 0.8))
    grey = picture.mean(axis=2, keepdims=True)
    dull = picture * 0.62 + grey * 0.16
    return shine(dull, 0.4 + 0.6 * lut[900], 0.6 * tones(sheet))


def snow(c: Canvas, picture: Field, lut: Field) -> Field:
    """Falling flakes, small ones far and blurred ones near, and a paler world."""
    far, near = stars(c, 260, 0.25), stars(c, 36, 1.0)
    pale = picture * 0.82 + 0.13
    return shine(
        pale, 0.55 + 0.45 * lut[1000], np.clip(far + cv2.GaussianBlur(near, (0, 0), 1.2), 0, 1)
    )


WEATHERS = {"fog": fog, "rain": rain, "snow": snow}


def finish(c: Canvas, picture: Field, darken: float = 0.3) -> NDArray[np.uint8]:
    """A light vignette, then 8 bits."""
    edge = ((c.x / c.wide - 0.5) ** 2 + (c.y / c.high - 0.5) ** 2) * 2
    out = picture * (1 - darken * edge * edge * 2)[..., None]
    return (np.clip(out, 0, 1) * 255 + 0.5).astype(np.uint8)
