"""Captions say what the drawing shows, in many ways, and never in the held-out ones."""

import random

import pytest

from training.captions import caption, poor, unsaid
from training.draw import look_of
from training.look import STYLES, TIMES, WEATHERS, Look
from training.palettes import COLOURS
from training.scenes import SCENES
from training.words import COLOUR_WORDS, EXTRA_FRONT, EXTRAS, HELD_OUT, MOODS, NAMES, NEGATIVES
from training.words import STYLES as STYLE_WORDS
from training.words import TIMES as TIME_WORDS
from training.words import WEATHERS as WEATHER_WORDS


def some(look: Look, count: int = 60) -> list[str]:
    rng = random.Random(4)
    return [caption(look, rng) for _ in range(count)]


def test_everything_that_can_be_drawn_has_words():
    assert set(NAMES) == set(MOODS) == set(HELD_OUT) == set(SCENES)
    assert set(COLOUR_WORDS) == set(COLOURS)
    assert set(TIME_WORDS) == set(TIMES) - {""}
    assert set(WEATHER_WORDS) == set(WEATHERS) - {""}
    assert set(STYLE_WORDS) == set(STYLES) - {""}


@pytest.mark.parametrize("world", SCENES)
def test_a_caption_names_its_world_and_both_its_colours(world: str):
    for words in some(Look(world, ("red", "teal")), 12):
        assert any(name in words for name in NAMES[world]), words
        for colour in ("red", "teal"):
            assert any(word in words for word in COLOUR_WORDS[colour]), words


def test_a_second_world_and_a_style_are_always_told():
    for words in some(Look("temple", (), "", "", "oil", False, "aurora")):
        assert any(name in words for name in NAMES["aurora"]), words
        assert any(style in words for style in STYLE_WORDS["oil"]), words


@pytest.mark.parametrize("world", EXTRAS)
def test_a_caption_tells_of_the_extra_only_where_it_is_drawn(world: str):
    marks = {*EXTRAS[world], *EXTRA_FRONT.get(world, ())}
    told = some(Look(world, extra=True))
    assert all(any(mark in words for mark in marks) for words in told)
    assert not any(mark in words for mark in marks for words in some(Look(world)))


def test_night_is_told_often_but_day_is_never_called_night():
    dark, bright = some(Look("ocean", time="night")), some(Look("ocean", time="day"))
    assert sum(any(word in words for word in TIME_WORDS["night"]) for words in dark) > 30
    assert not any(word in words for word in TIME_WORDS["night"] for words in bright)


def test_no_held_out_wording_is_ever_used_in_training():
    rng = random.Random(1)
    told = [caption(look_of(i), rng) for i in range(4000)]
    for wordings in HELD_OUT.values():
        for wording in wordings:
            assert not any(wording in words for words in told), wording


def test_what_is_unsaid_is_nothing_or_negative_words():
    told = unsaid(200, random.Random(3))
    assert told.count("") == 120
    assert all(word in NEGATIVES for words in told if words for word in words.split(", "))


def test_a_poor_picture_is_called_so_with_or_without_what_it_shows():
    rng = random.Random(3)
    told = [poor("a temple", rng) for _ in range(200)]
    assert all(any(word in words for word in NEGATIVES[:2]) for words in told)
    assert 70 < sum("a temple" in words for words in told) < 130
