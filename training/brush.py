"""Brushes: the strokes that all worlds are painted with. Shapes and lengths as in canvas.py."""

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from training.canvas import Canvas, Field


def noise(
    c: Canvas, cells: float = 4, octaves: int = 4, gain: float = 0.5, wide: float = 1
) -> Field:
    """Smooth noise stretched to 0..1, `cells` to a short side; `wide` > 1 stretches it sideways."""
    total = np.zeros(c.shape, np.float32)
    weight = 1.0
    for octave in range(octaves):
        scale = cells * 2**octave
        rows, columns = max(2, round(scale * c.high)), max(2, round(scale * c.wide / wide))
        if rows > c.height // 2 or columns > c.width:
            break
        dots = c.rng.random((rows, columns), np.float32)
        total += weight * cv2.resize(dots, (c.width, c.height), interpolation=cv2.INTER_CUBIC)
        weight *= gain
    low, high = float(total.min()), float(total.max())
    return (total - low) / max(high - low, 1e-6)


def line_noise(c: Canvas, cells: float = 4, octaves: int = 4, gain: float = 0.5) -> Field:
    """Noise along one row of pixels, (width,), about 0 with peaks near +-1."""
    total = np.zeros(c.width, np.float32)
    for octave in range(octaves):
        knots = max(3, round(cells * c.wide * 2**octave) + 1)
        values = c.rng.uniform(-1, 1, knots).astype(np.float32)
        row = cv2.resize(values[None], (c.width, 1), interpolation=cv2.INTER_CUBIC)[0]
        total += gain**octave * row
    return total


def look_up(field: Field, c: Canvas, at_x: Field, at_y: Field) -> Field:
    """The field read at (at_x, at_y) in short sides, mirrored at the border."""
    map_x = (at_x * c.short - 0.5).astype(np.float32)
    map_y = (at_y * c.short - 0.5).astype(np.float32)
    return cv2.remap(field, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)


def swirl(c: Canvas, field: Field, dx: Field, dy: Field, amount: float) -> Field:
    """The field seen through a moving lens: displaced by amount * (dx, dy) short sides."""
    return look_up(field, c, c.x + amount * (dx - 0.5), c.y + amount * (dy - 0.5))


def shade(lut: Field, tone: Field | float) -> Field:
    """Colours of a ramp (1024, 3) at tones 0..1."""
    index = np.clip(np.asarray(tone, np.float32) * 1023, 0, 1023).astype(np.int32)
    return lut[index]


def lay(picture: Field, colour: Field, mask: Field) -> Field:
    """Colour (a picture, or one colour) over picture where mask is 1."""
    return picture + (colour - picture) * mask[..., None]


def fill(sheet: NDArray[np.uint8], c: Canvas, points: ArrayLike, value: float = 1.0) -> None:
    """A polygon onto a sheet, antialiased, in place; value 0..1."""
    corners = np.round(np.asarray(points, np.float64) * c.short * 16 - 8).astype(np.int32)
    tone = int(np.clip(value * 255, 0, 255))
    cv2.fillPoly(sheet, [corners], tone, cv2.LINE_AA, 4)


def dot(
    sheet: NDArray[np.uint8], c: Canvas, x: float, y: float, radius: float, value: float = 1.0
) -> None:
    """A disc onto a sheet, antialiased, in place."""
    at = (round((x * c.short - 0.5) * 16), round((y * c.short - 0.5) * 16))
    size = max(8, round(radius * c.short * 16))
    cv2.circle(sheet, at, size, int(np.clip(value * 255, 0, 255)), -1, cv2.LINE_AA, 4)


def stroke(
    sheet: NDArray[np.uint8], c: Canvas, points: ArrayLike, width: float, value: float = 1.0
) -> None:
    """A line through points onto a sheet, antialiased, in place; width in short sides."""
    corners = np.round((np.asarray(points, np.float64) * c.short - 0.5) * 16).astype(np.int32)
    tone, thick = int(np.clip(value * 255, 0, 255)), max(1, round(width * c.short))
    cv2.polylines(sheet, [corners], False, tone, thick, cv2.LINE_AA, 4)


def tones(sheet: NDArray[np.uint8]) -> Field:
    return sheet.astype(np.float32) / 255


def below(c: Canvas, line: Field, soft: float = 1.0) -> Field:
    """Mask under a line given for each column, (width,) in short sides; soft in pixels."""
    return np.clip((c.y - line[None, :]) * c.short / soft, 0, 1).astype(np.float32)


def blob(c: Canvas, x: float, y: float, radius: float) -> Field:
    """A round soft light: 1 at (x, y), falling off over radius."""
    return np.exp(-((c.x - x) ** 2 + (c.y - y) ** 2) / np.float32(radius * radius))


def veins(field: Field, at: float, sharp: float) -> Field:
    """Thin lines where a field passes `at`."""
    return np.exp(-((np.abs(field - at) * sharp) ** 2))


def blur(field: Field, sigma: float) -> Field:
    """Gaussian, sigma in pixels."""
    return cv2.GaussianBlur(field, (0, 0), sigma)
