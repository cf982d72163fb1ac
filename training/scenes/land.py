"""Land that several worlds share: ridges, rock, mirrors of water."""

import numpy as np

from training.brush import below, lay, line_noise, look_up, noise, shade
from training.canvas import Canvas, Field
from training.look import Look


def ridge(
    c: Canvas, base: float, height: float, cells: float, octaves: int, sharp: bool
) -> tuple[Field, Field]:
    """(mask below the ridge, how far below it each pixel lies in short sides)."""
    line = line_noise(c, cells, octaves, 0.45)
    if sharp:
        line = 1 - 2 * np.abs(line_noise(c, cells, 1)) + 0.35 * line
    top = (base - height * line).astype(np.float32)
    return below(c, top), c.y - top[None, :]


def rock(c: Canvas, cells: float, octaves: int = 5) -> tuple[Field, Field]:
    """(height, light from the left) of a rough face."""
    high = noise(c, cells, octaves, 0.6)
    return high, np.roll(high, 2, axis=1) - np.roll(high, 1, axis=0)


def water(
    c: Canvas, picture: Field, look: Look, shore: float, calm: float, horizon: float
) -> Field:
    """Below `shore`, the picture upside down in ripples, darker towards the viewer.

    horizon: the height at which level water would end.
    """
    depth = np.clip((c.y - shore) / (c.high - shore), 0, 1)
    far = np.log(depth * 12 + 0.5) / 3
    ripple = look_up(noise(c, 14, 3, 0.6, wide=3), c, c.x / (0.4 + depth), far * c.high)
    shift = (ripple - 0.5) * (0.02 + 0.12 * depth) * (1.4 - calm)
    mirror = np.dstack(
        [
            look_up(
                np.ascontiguousarray(picture[..., k]), c, c.x + shift, 2 * shore - c.y + 1.5 * shift
            )
            for k in range(3)
        ]
    )
    deep = shade(look.lut, (0.12 + 0.16 * ripple) * (0.4 + 0.6 * look.dim))
    blend = (0.78 - 0.35 * depth)[..., None]
    out = mirror * blend + deep * (1 - blend)
    mask = np.clip((c.y - shore) * c.short, 0, 1)
    c.place(mask, c.level(c.y, horizon))
    return lay(picture, out, mask)
