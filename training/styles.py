"""Styles: watercolour, oil, pencil, pixel, neon lines and film grain, as filters over a picture."""

import cv2
import numpy as np

from training.brush import noise
from training.canvas import Canvas, Field
from training.look import Look


def watercolour(c: Canvas, picture: Field, look: Look) -> Field:
    """Flat washes with darker rims, bleeding into grained paper."""
    soft = cv2.bilateralFilter(picture.astype(np.float32), 9, 0.2, 5)
    wet = c.short * 0.012 * (noise(c, 12, 3) - 0.5)
    soft = cv2.remap(
        soft,
        (c.x * c.short + wet).astype(np.float32),
        (c.y * c.short - wet).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT,
    )
    washes = 0.5 * soft + 0.5 * np.round(soft * 7) / 7
    rim = np.clip(cv2.GaussianBlur(soft, (0, 0), 3) - soft, -0.1, 0.1).mean(axis=2, keepdims=True)
    paper = 0.06 * (noise(c, 60, 2, 0.7) - 0.5) + 0.12 * (noise(c, 3, 3) - 0.5)
    return 1 - (1 - np.clip(washes * 0.8 + 0.2 - 0.7 * np.abs(rim), 0, 1)) * (
        0.95 + paper[..., None] * 2
    )


def oil(c: Canvas, picture: Field, look: Look) -> Field:
    """Thick strokes along the forms, lit from the side."""
    flat = (
        cv2.medianBlur((np.clip(picture, 0, 1) * 255).astype(np.uint8), 7).astype(np.float32) / 255
    )
    grey = cv2.GaussianBlur(flat.mean(axis=2), (0, 0), 4)
    dx, dy = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    turn = noise(c, 3, 2) * 6.3
    size = np.hypot(dx, dy) + 0.03
    way_x, way_y = (-dy + 0.03 * np.cos(turn)) / size, (dx + 0.03 * np.sin(turn)) / size
    bristle, total = c.rng.random(c.shape, np.float32), np.zeros(c.shape, np.float32)
    for k in range(-4, 5):
        total += cv2.remap(
            bristle,
            (c.x * c.short + k * way_x).astype(np.float32),
            (c.y * c.short + k * way_y).astype(np.float32),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REFLECT,
        )
    total = (total / 9 - 0.5) * 2
    relief = total - np.roll(total, (1, 1), (0, 1))
    return np.clip(flat * (1 + 0.35 * total[..., None]) + 0.22 * relief[..., None], 0, 1)


def pencil(c: Canvas, picture: Field, look: Look) -> Field:
    """Coloured pencil: outlines and hatching on pale paper."""
    grey = picture.mean(axis=2).astype(np.float32)
    lines = np.clip(grey / (cv2.GaussianBlur(grey, (0, 0), 3) + 0.04), 0, 1)
    hatch = 0.5 + 0.5 * np.sin((c.x + c.y + 0.01 * noise(c, 8, 2)) * c.short * 1.1)
    ink = (
        np.clip((0.75 - grey) * 1.2, 0, 0.8) * (0.35 + 0.65 * hatch) * (0.7 + 0.5 * noise(c, 70, 2))
    )
    tint = picture / (picture.max(axis=2, keepdims=True) + 1e-3)
    pale = 0.93 * (0.25 + 0.75 * tint) + 0.05
    dark = 0.16 + 0.6 * tint * tint
    paper = pale + (dark * 0.75 - pale) * ink[..., None]
    return np.clip(paper * (0.25 + 0.75 * lines[..., None] ** 1.5), 0, 1)


def pixel(c: Canvas, picture: Field, look: Look) -> Field:
    """Blocks of 4 or 8 pixels in few tones."""
    block = int(c.rng.choice([4, 8]))
    small = cv2.resize(picture, (c.width // block, c.height // block), interpolation=cv2.INTER_AREA)
    small = np.round(small * 6) / 6
    return cv2.resize(small, (c.width, c.height), interpolation=cv2.INTER_NEAREST)


def neon_lines(c: Canvas, picture: Field, look: Look) -> Field:
    """Glowing outlines on a dark ground."""
    soft = cv2.GaussianBlur(picture.astype(np.float32), (0, 0), 1.2)
    dx, dy = cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1)
    edge = np.sqrt(dx * dx + dy * dy).max(axis=2)
    edge = np.clip(edge / (np.percentile(edge, 97) + 0.02), 0, 1) ** 1.3
    wide = cv2.dilate(picture, np.ones((5, 5)))
    colour = wide / (wide.max(axis=2, keepdims=True) + 0.05)
    line = edge[..., None] * colour
    return np.clip(0.12 * picture + line + 0.9 * cv2.GaussianBlur(line, (0, 0), 4), 0, 1)


def film_grain(c: Canvas, picture: Field, look: Look) -> Field:
    """Faded stock: lifted blacks, warm lights, coarse grain."""
    grain = cv2.GaussianBlur(c.rng.normal(0, 1, c.shape).astype(np.float32), (0, 0), 0.8)
    faded = picture * np.array([0.86, 0.82, 0.74]) + np.array([0.09, 0.07, 0.07])
    return np.clip(faded + 0.11 * grain[..., None], 0, 1)


STYLES = {
    "watercolour": watercolour, "oil": oil, "pencil": pencil, "pixel": pixel,
    "neon lines": neon_lines, "film grain": film_grain,
}  # fmt: skip


def styled(c: Canvas, picture: Field, look: Look) -> Field:
    picture = np.clip(picture, 0, 1).astype(np.float32)
    return STYLES[look.style](c, picture, look) if look.style else picture
