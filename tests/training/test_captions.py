"""Captions describe the drawing, in varied wordings, but never in held-out ones."""

import random

import pytest

from training.captions import caption, empty_captions, poor_caption
from training.draw import look_of
from training.look import STYLES, TIMES, WEATHERS, Look
from training.palettes import COLOURS
from training.scenes import SCENES
from training.words import COLOUR_WORDS, EXTRA_FRONT, EXTRAS, HELD_OUT, MOODS, NAMES, NEGATIVES
from training.words import STYLES as STYLE_WORDS
from training.words import TIMES as TIME_WORDS
from training.words import WEATHERS as WEATHER_WORDS


def captions(look: Look, count: int = 60) -> list[str]:
    rng = random.Random(4)
    return [caption(look, rng) for _ in range(count)]


def test_every_world_colour_and_style_has_words():
    assert set(NAMES) == set(MOODS) == set(HELD_OUT) == set(SCENES)
    assert set(COLOUR_WORDS) == set(COLOURS)
    assert set(TIME_WORDS) == set(TIMES) - {""}
    assert set(WEATHER_WORDS) == set(WEATHERS) - {""}
    assert set(STYLE_WORDS) == set(STYLES) - {""}


@pytest.mark.parametrize("world", SCENES)
def test_a_caption_names_its_world_and_both_its_colours(world: str):
    for words in captions(Look(world, ("red", "teal")), 12):
        assert any(name in words for name in NAMES[world]), words
        for colour in ("red", "teal"):
            assert any(word in words for word in COLOUR_WORDS[colour]), words


def test_a_second_world_and_a_style_are_always_named():
    for words in captions(Look("temple", (), "", "", "oil", False, "aurora")):
        assert any(name in words for name in NAMES["aurora"]), words
        assert any(style in words for style in STYLE_WORDS["oil"]), words


@pytest.mark.parametrize("world", EXTRAS)
def test_a_caption_mentions_the_extra_only_if_it_is_drawn(world: str):
    marks = {*EXTRAS[world], *EXTRA_FRONT.get(world, ())}
    found = captions(Look(world, extra=True))
    assert all(any(mark in words for mark in marks) for words in found)
    assert not any(mark in words for mark in marks for words in captions(Look(world)))


def test_night_is_mentioned_often_but_never_for_day():
    dark, bright = captions(Look("ocean", time="night")), captions(Look("ocean", time="day"))
    assert sum(any(word in words for word in TIME_WORDS["night"]) for words in dark) > 30
    assert not any(word in words for word in TIME_WORDS["night"] for words in bright)


def test_captions_contain_no_held_out_wording():
    rng = random.Random(1)
    found = [caption(look_of(i), rng) for i in range(4000)]
    for wordings in HELD_OUT.values():
        for wording in wordings:
            assert not any(wording in words for words in found), wording


def test_empty_captions_are_empty_or_negative_words():
    found = empty_captions(200, random.Random(3))
    assert found.count("") == 120
    assert all(word in NEGATIVES for words in found if words for word in words.split(", "))


def test_a_poor_caption_has_negative_words_and_sometimes_the_content():
    rng = random.Random(3)
    found = [poor_caption("a temple", rng) for _ in range(200)]
    assert all(any(word in words for word in NEGATIVES[:2]) for words in found)
    assert 70 < sum("a temple" in words for words in found) < 130
