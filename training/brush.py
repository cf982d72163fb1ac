"""Brushes: the few strokes that all worlds are painted with.

A picture is float32 (size, size, 3) in 0..1; a mask or field is float32 (size, size) in 0..1.
"""

from functools import cache

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

Field = NDArray[np.floating]
Rng = np.random.Generator


@cache
def grid(size: int) -> tuple[Field, Field]:
    """x and y of every pixel's centre, 0..1 from the left and from the top."""
    line = ((np.arange(size) + 0.5) / size).astype(np.float32)
    x, y = np.meshgrid(line, line)
    return x, y


def noise(
    rng: Rng, size: int, cells: float = 4, octaves: int = 4, gain: float = 0.5, wide: float = 1
) -> Field:
    """Smooth noise stretched to 0..1; `wide` > 1 stretches it sideways."""
    total = np.zeros((size, size), np.float32)
    weight = 1.0
    for octave in range(octaves):
        rows = max(2, round(cells * 2**octave))
        columns = max(2, round(rows / wide))
        if rows > size // 2:
            break
        dots = rng.random((rows, columns), np.float32)
        total += weight * cv2.resize(dots, (size, size), interpolation=cv2.INTER_CUBIC)
        weight *= gain
    low, high = float(total.min()), float(total.max())
    return (total - low) / max(high - low, 1e-6)


def line_noise(rng: Rng, size: int, cells: float = 4, octaves: int = 4, gain: float = 0.5) -> Field:
    """Noise along one line, (size,), about 0 with peaks near +-1."""
    total = np.zeros(size, np.float32)
    for octave in range(octaves):
        knots = rng.uniform(-1, 1, max(3, round(cells * 2**octave) + 1)).astype(np.float32)
        row = cv2.resize(knots[None], (size, 1), interpolation=cv2.INTER_CUBIC)[0]
        total += gain**octave * row
    return total


def swirl(field: Field, dx: Field, dy: Field, amount: float) -> Field:
    """The field seen through a moving lens: displaced by amount * (dx, dy) pixels."""
    size = field.shape[0]
    x, y = grid(size)
    map_x = x * size - 0.5 + amount * (dx - 0.5)
    map_y = y * size - 0.5 + amount * (dy - 0.5)
    return cv2.remap(field, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)


def shade(lut: Field, tone: Field | float) -> Field:
    """Colours of a ramp (1024, 3) at tones 0..1."""
    index = np.clip(np.asarray(tone) * 1023, 0, 1023).astype(np.int32)
    return lut[index]


def lay(picture: Field, colour: Field, mask: Field) -> Field:
    """Colour (a picture, or one colour) over picture where mask is 1; looks only at its box."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    out = picture.copy()
    if rows.size:
        box = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
        part = picture[box]
        over = colour[box] if colour.ndim == 3 else colour
        out[box] = part + (over - part) * mask[box][..., None]
    return out


def shine(picture: Field, colour: Field, light: Field) -> Field:
    """Light added in the manner of film: it never burns past white."""
    return 1 - (1 - picture) * (1 - np.clip(light[..., None] * colour, 0, 1))


def bloom(picture: Field, radius: float = 0.05, amount: float = 0.5, floor: float = 0.6) -> Field:
    """Bright parts glow into their surroundings; radius in picture sizes."""
    size = picture.shape[0]
    small = cv2.resize(picture, (size // 4, size // 4), interpolation=cv2.INTER_AREA)
    small = np.clip(small - floor, 0, 1) / (1 - floor)
    small = cv2.GaussianBlur(small, (0, 0), max(radius * size / 4, 0.5))
    wide = cv2.resize(small, (size, size), interpolation=cv2.INTER_LINEAR)
    return 1 - (1 - np.clip(picture, 0, 1)) * (1 - np.clip(amount * wide, 0, 1))


def blob(size: int, x: float, y: float, radius: float) -> Field:
    """A round soft light: 1 at (x, y), falling off over radius (all in picture sizes)."""
    gx, gy = grid(size)
    return np.exp(-((gx - x) ** 2 + (gy - y) ** 2) / (radius * radius))


def polygon(size: int, points: ArrayLike) -> Field:
    """Mask of a polygon, antialiased; points in picture sizes."""
    mask = np.zeros((size, size), np.uint8)
    corners = np.round(np.asarray(points, np.float64) * size * 16).astype(np.int32)
    cv2.fillPoly(mask, [corners], 255, cv2.LINE_AA, 4)
    return mask.astype(np.float32) / 255


def stars(rng: Rng, size: int, count: int, big: float = 0.1) -> Field:
    """A sky of points; a share `big` of them with a soft round glow."""
    field = np.zeros((size, size), np.float32)
    spots = rng.integers(1, size - 1, (count, 2))
    field[spots[:, 0], spots[:, 1]] = rng.uniform(0.3, 1.0, count).astype(np.float32)
    bright = np.zeros_like(field)
    chosen = spots[: max(1, int(count * big))]
    bright[chosen[:, 0], chosen[:, 1]] = 1
    soft = cv2.GaussianBlur(field, (0, 0), 0.7) * 2.2 + cv2.GaussianBlur(bright, (0, 0), 1.6) * 9
    return np.clip(soft, 0, 1)


def rays(rng: Rng, size: int, x: float, y: float, spread: float = 9) -> Field:
    """Volumetric light falling from (x, y): soft fans, strongest near their source."""
    gx, gy = grid(size)
    angle = np.arctan2(gx - x, gy - y + 1e-3)
    turns = line_noise(rng, 512, spread, 2)
    fan = np.interp(angle.ravel(), np.linspace(-np.pi, np.pi, 512), turns).reshape(size, size)
    distance = np.hypot(gx - x, gy - y)
    return (np.clip(fan + 0.15, 0, 1) * np.exp(-1.1 * distance)).astype(np.float32)


def finish(picture: Field, darken: float = 0.35) -> NDArray[np.uint8]:
    """A light vignette, then 8 bits."""
    x, y = grid(picture.shape[0])
    edge = ((x - 0.5) ** 2 + (y - 0.5) ** 2) * 2
    out = picture * (1 - darken * edge * edge * 2)[..., None]
    return (np.clip(out, 0, 1) * 255 + 0.5).astype(np.uint8)
