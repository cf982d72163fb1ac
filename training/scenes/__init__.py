"""The worlds: one function each, `draw(rng, size, look) -> picture`, and their table."""

import numpy as np
from numpy.typing import NDArray

from training.brush import finish
from training.look import Look
from training.scenes import (
    aurora,
    city,
    crystal,
    desert,
    fire,
    flowers,
    forest,
    galaxy,
    mandala,
    marble,
    mountains,
    nebula,
    ocean,
    temple,
)

SCENES = {
    "nebula": nebula.draw,
    "galaxy": galaxy.draw,
    "ocean": ocean.draw,
    "mountains": mountains.draw,
    "desert": desert.draw,
    "city": city.draw,
    "fire": fire.draw,
    "crystal": crystal.draw,
    "mandala": mandala.draw,
    "forest": forest.draw,
    "marble": marble.draw,
    "flowers": flowers.draw,
    "temple": temple.draw,
    "aurora": aurora.draw,
}


def paint(look: Look, seed: int | list[int], size: int = 256) -> NDArray[np.uint8]:
    """One picture of a look, (size, size, 3) uint8; the same seed gives the same picture."""
    picture = SCENES[look.world](np.random.default_rng(seed), size, look)
    return finish(picture.astype(np.float32, copy=False))
