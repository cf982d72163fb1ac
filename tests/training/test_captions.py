"""Captions say what the drawing shows, in many ways."""

import random

import pytest

from training.captions import COLOUR_WORDS, EXTRA_FRONT, EXTRAS, MOODS, NAMES, NIGHT, caption
from training.look import Look
from training.palettes import COLOURS
from training.scenes import SCENES


def some(look: Look, count: int = 60) -> list[str]:
    rng = random.Random(4)
    return [caption(look, rng) for _ in range(count)]


def test_every_world_and_colour_has_words():
    assert set(NAMES) == set(MOODS) == set(SCENES)
    assert set(COLOUR_WORDS) == set(COLOURS)


@pytest.mark.parametrize("world", SCENES)
def test_a_caption_names_its_world_and_colour(world: str):
    for colour in COLOURS:
        for words in some(Look(world, colour), 12):
            assert any(name in words for name in NAMES[world]), words
            assert any(word in words for word in COLOUR_WORDS[colour]), words


@pytest.mark.parametrize("world", EXTRAS)
def test_a_caption_tells_of_the_extra_only_where_it_is_drawn(world: str):
    marks = {*EXTRAS[world], *EXTRA_FRONT.get(world, ())}
    assert all(any(mark in words for mark in marks) for words in some(Look(world, "", False, True)))
    plain = some(Look(world))
    assert not any(mark in words for mark in marks for words in plain)


def test_night_is_told_often_but_day_is_never_called_night():
    dark, bright = some(Look("ocean", "", True)), some(Look("ocean"))
    assert sum(any(word in words for word in NIGHT) for words in dark) > 30
    assert not any(word in words for word in NIGHT for words in bright)


def test_there_are_many_ways_to_say_it():
    assert len(set(some(Look("forest", "green", True, True)))) > 50
