"""The worlds: one function each, `draw(canvas, look) -> picture`, and their table."""

import numpy as np
from numpy.typing import NDArray

from training.canvas import Canvas, Field
from training.light import finish
from training.look import Look
from training.scenes import (
    aurora,
    circuit,
    city,
    clouds,
    crystal,
    desert,
    fire,
    flowers,
    forest,
    galaxy,
    garden,
    ice,
    ink,
    jungle,
    lava,
    mountains,
    nebula,
    ocean,
    planets,
    ruins,
    street,
    symmetry,
    temple,
    underwater,
)
from training.scenes.mixing import mixed
from training.styles import styled

SCENES = {
    "nebula": nebula.draw,
    "galaxy": galaxy.draw,
    "planets": planets.draw,
    "ocean": ocean.draw,
    "underwater": underwater.draw,
    "mountains": mountains.draw,
    "desert": desert.draw,
    "forest": forest.draw,
    "jungle": jungle.draw,
    "temple": temple.draw,
    "ruins": ruins.draw,
    "city": city.draw,
    "street": street.draw,
    "fire": fire.draw,
    "lava": lava.draw,
    "ice": ice.draw,
    "crystal": crystal.draw,
    "glass": symmetry.glass,
    "mandala": symmetry.mandala,
    "kaleidoscope": symmetry.kaleidoscope,
    "marble": symmetry.marble,
    "ink": ink.draw,
    "flowers": flowers.draw,
    "garden": garden.draw,
    "aurora": aurora.draw,
    "clouds": clouds.clouds,
    "storm": clouds.storm,
    "circuit": circuit.draw,
}


def paint(
    look: Look, seed: int | list[int], width: int = 256, height: int = 0
) -> NDArray[np.uint8]:
    """One picture of a look, (height, width, 3) uint8; the same seed gives the same picture.

    Without a height it is a square.
    """
    return paint_with_depth(look, seed, width, height)[0]


def paint_with_depth(
    look: Look, seed: int | list[int], width: int = 256, height: int = 0
) -> tuple[NDArray[np.uint8], Field]:
    """The picture, and how near everything in it is: (height, width) float32, see `Canvas.near`."""
    c = Canvas(width, height or width, np.random.default_rng(seed))
    picture = mixed(c, look, seed).astype(np.float32, copy=False)
    return finish(c, styled(c, picture, look)), c.near
