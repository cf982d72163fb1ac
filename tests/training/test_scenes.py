"""Every world can be drawn in any shape and colour, and a seed determines the picture."""

import colorsys

import numpy as np
import pytest

from training.draw import CHUNK, EVEN, EVERY, content, look_of, order, shape_of
from training.look import EXTRAS, STYLES, WEATHERS, Look
from training.palettes import COLOURS, NATURAL
from training.scenes import SCENES, paint
from training.scenes.mixing import GROUNDS, SKIES

HUES = {"red": 0, "gold": 45, "green": 130, "blue": 215, "purple": 270}


def hue(picture: np.ndarray) -> float:
    """Hue in degrees of the mean colour."""
    return 360 * colorsys.rgb_to_hsv(*(picture.mean(axis=(0, 1)) / 255))[0]


def test_the_tables_of_worlds_and_palettes_are_complete():
    assert len(SCENES) >= 24
    assert len(COLOURS) >= 16
    assert set(SCENES) <= set(NATURAL)
    assert {*GROUNDS, *SKIES, *EXTRAS} <= set(SCENES)


@pytest.mark.parametrize("world", SCENES)
@pytest.mark.parametrize("shape", [(96, 96), (168, 96), (96, 168)])
def test_a_world_draws_any_shape_reproducibly(world: str, shape: tuple[int, int]):
    look = Look(world, time="night" if world in GROUNDS else "", extra=world in EXTRAS)
    picture = paint(look, 3, *shape)
    assert picture.shape == (shape[1], shape[0], 3)
    assert picture.dtype == np.uint8
    assert picture.std() > 8  # something is on it
    assert np.array_equal(picture, paint(look, 3, *shape))
    assert not np.array_equal(picture, paint(look, 4, *shape))


@pytest.mark.parametrize("world", SCENES)
def test_a_world_takes_the_requested_colour(world: str):
    for colour, wanted in HUES.items():
        apart = abs((hue(paint(Look(world, (colour,)), 1, 96)) - wanted + 180) % 360 - 180)
        assert apart < 25, colour


@pytest.mark.parametrize("world", EXTRAS)
def test_the_extra_changes_the_picture(world: str):
    plain, more = (paint(Look(world, ("blue",), "night", extra=e), 5, 128) for e in (False, True))
    assert np.abs(plain.astype(float) - more).mean() > 3


def test_night_is_darker_than_day():
    for world in GROUNDS:
        if world != "lava":  # a volcano has its own light
            day, night = (paint(Look(world, time=t), 2, 96).mean() for t in ("day", "night"))
            assert night < 0.9 * day, world


@pytest.mark.parametrize(
    "change", [*(("style", s) for s in STYLES[1:]), *(("weather", w) for w in WEATHERS[1:])]
)
def test_styles_and_weathers_change_the_picture(change: tuple[str, str]):
    plain = paint(Look("mountains"), 5, 128).astype(float)
    assert np.abs(plain - paint(Look("mountains", **dict([change])), 5, 128)).mean() > 3


def test_both_of_two_colours_are_in_the_picture():
    """A red and blue nebula has pixels that are clearly red, and others that are clearly blue."""
    picture = paint(Look("nebula", ("red", "blue")), 2, 128).astype(int)
    redder = picture[..., 0] - picture[..., 2]
    assert (redder > 40).mean() > 0.05
    assert (redder < -40).mean() > 0.05


def test_the_sky_of_another_world_is_above_its_ground():
    plain, mixed = (paint(Look("ocean", second=s), 4, 128).astype(float) for s in ("", "galaxy"))
    assert np.abs(plain - mixed)[:30].mean() > 10


def test_the_cache_holds_every_world_colour_style_and_shape():
    found = [look_of(i) for i in range(3000)]
    assert {look.world for look in found} == set(SCENES)
    assert {word for look in found for word in look.colours} == set(COLOURS)
    assert {look.style for look in found} == set(STYLES)
    assert {look.weather for look in found} == set(WEATHERS)
    assert sum(bool(look.second) for look in found) > 200
    assert look_of(17) == look_of(17)
    assert {shape_of(n) for n in range(10)} == {(256, 256), (336, 192), (192, 336)}


def test_every_third_chunk_holds_each_world_in_each_colour_in_turn():
    assert order(6) == [0, 1, EVEN, 2, 3, EVEN + 1]
    assert len(EVERY) == len(set(EVERY)) == len(SCENES) * len(COLOURS)
    count = -(-len(EVERY) // CHUNK)
    found = [shown for chunk in range(EVEN, EVEN + count) for shown in content(chunk)]
    assert [look for look, _ in found[: len(EVERY)]] == EVERY
    # the same look again, drawn from another seed
    assert found[len(EVERY)] == (EVERY[0], [1, 0, 6])
    assert found[0] == (EVERY[0], [0, 0, 6])
    assert shape_of(EVEN + 1) == (256, 256)
