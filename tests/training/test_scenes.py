"""Every world draws, always the same for a seed, and wears the colour it is asked for."""

import colorsys

import numpy as np
import pytest

from training.draw import look_of
from training.look import Look
from training.palettes import COLOURS
from training.scenes import SCENES, paint

HUES = {"red": 0, "orange": 30, "gold": 45, "green": 120, "teal": 175, "blue": 215, "purple": 275}


def hue(picture: np.ndarray) -> float:
    """Hue in degrees of the mean colour."""
    return 360 * colorsys.rgb_to_hsv(*(picture.mean(axis=(0, 1)) / 255))[0]


@pytest.mark.parametrize("world", SCENES)
@pytest.mark.parametrize(("night", "extra"), [(False, False), (True, True)])
def test_a_world_draws_a_picture_and_the_same_one_again(world: str, night: bool, extra: bool):
    look = Look(world, "", night, extra)
    picture = paint(look, 3, 128)
    assert picture.shape == (128, 128, 3)
    assert picture.dtype == np.uint8
    assert picture.std() > 12  # something is on it
    assert np.array_equal(picture, paint(look, 3, 128))
    assert not np.array_equal(picture, paint(look, 4, 128))


@pytest.mark.parametrize("world", SCENES)
def test_a_world_wears_its_colour(world: str):
    for colour, wanted in HUES.items():
        apart = abs((hue(paint(Look(world, colour), 1, 96)) - wanted + 180) % 360 - 180)
        assert apart < 25, colour


@pytest.mark.parametrize("world", ["forest", "temple", "city"])
def test_the_extra_changes_the_picture(world: str):
    plain, with_extra = (paint(Look(world, "blue", True, e), 5, 128) for e in (False, True))
    assert np.abs(plain.astype(float) - with_extra).mean() > 4


def test_night_is_darker_than_day():
    for world in ("ocean", "mountains", "desert", "city", "temple", "forest"):
        day, night = (paint(Look(world, "", dark), 2, 128).mean() for dark in (False, True))
        assert night < 0.8 * day, world


def test_the_cache_holds_every_world_and_every_colour():
    looks = [look_of(i) for i in range(1500)]
    assert {look.world for look in looks} == set(SCENES)
    assert {look.colour for look in looks} == {"", *COLOURS}
    assert look_of(17) == look_of(17)
