"""Two colours or two worlds in one picture."""

from dataclasses import replace

import numpy as np

from training.brush import lay, noise
from training.canvas import Canvas, Field
from training.light import WEATHERS
from training.look import Look

GROUNDS = (
    "ocean", "mountains", "desert", "forest", "jungle", "temple", "ruins", "city", "street",
    "lava", "ice", "garden",
)  # fmt: skip
SKIES = ("nebula", "galaxy", "planets", "aurora", "clouds", "storm", "fire")


def mixed(c: Canvas, look: Look, seed: int | list[int]) -> Field:
    """The look's picture before its style: worlds, then colours, then weather."""
    picture = both_colours(c, look, seed) if len(look.colours) == 2 else worlds(c, look)
    return WEATHERS[look.weather](c, picture, look.lut) if look.weather else picture


def worlds(c: Canvas, look: Look) -> Field:
    """One world; or one under another's sky; or two that grow into each other."""
    from training.scenes import SCENES

    if not look.second or (look.world in GROUNDS and look.second in SKIES):
        return SCENES[look.world](c, look)
    first = SCENES[look.world](c, replace(look, second=""))
    behind = c.near
    second = SCENES[look.second](c, replace(look, world=look.second, second="", extra=False))
    way = c.between(0, 2 * np.pi)
    along = (c.x - 0.5 * c.wide) * np.cos(way) + (c.y - 0.5 * c.high) * np.sin(way)
    around = 0.36 - np.hypot((c.x - 0.5 * c.wide) / c.wide, (c.y - 0.5 * c.high) / c.high)
    field = along if c.chance(0.5) else around
    mask = np.clip(0.5 - (field + 0.3 * (noise(c, 3, 4) - 0.5)) * 6, 0, 1)
    c.backdrop(behind + (c.near - behind) * mask)
    return lay(first, second, mask)


def both_colours(c: Canvas, look: Look, seed: int | list[int]) -> Field:
    """The same picture in either palette, and a soft border between them."""
    start = c.rng.bit_generator.state
    first = worlds(c, replace(look, colours=look.colours[:1]))
    c.rng.bit_generator.state = start
    second = worlds(c, replace(look, colours=look.colours[1:]))
    way = c.between(0, 2 * np.pi)
    along = (c.x - 0.5 * c.wide) * np.cos(way) + (c.y - 0.5 * c.high) * np.sin(way)
    return lay(first, second, np.clip(0.5 + (along + 0.5 * (noise(c, 2, 3) - 0.5)) * 2.2, 0, 1))
