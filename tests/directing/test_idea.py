import pytest
from hypothesis import given
from hypothesis import strategies as st

from phosphene.directing import worlds
from phosphene.directing.idea import Chance, in_known_words, one_line, read_idea
from phosphene.engines.presets import WORLDS as FOLDER
from phosphene.engines.words.vocabulary import vocabulary_of


@pytest.mark.parametrize(
    ("text", "found", "time"),
    [
        ("the sea at night", ["ocean"], "at night"),
        ("a lost temple in the jungle", ["temple", "jungle", "ruins"], ""),
        ("Love and WAR", ["flowers", "ruins"], ""),
        ("rivers of lava at dawn", ["lava"], "at dusk"),
        ("night", [], "at night"),
        ("rain", ["street"], ""),  # the weather is all that there is
        ("cities", ["city"], ""),  # a near word of the model's own
    ],
)
def test_words_mean_worlds_and_times(text, found, time):
    idea = read_idea(text)
    assert list(idea.worlds) == found
    assert idea.time == time


def test_weather_colours_and_style():
    idea = read_idea("a golden forest in the mist, crimson and blue, watercolour")
    assert (idea.weather, idea.colours, idea.style) == ("in fog", ("gold", "red"), "watercolor")


def test_words_that_are_not_known_are_named():
    idea = read_idea("my dog Rex at the sea")
    assert idea.unknown == ("dog", "rex")
    assert idea.worlds == ("ocean",)
    assert read_idea("Grandma's cities").instead == {"cities": "city"}


@given(st.text(max_size=200))
def test_any_text_can_be_read(text):
    idea = read_idea(text)
    assert "\n" not in idea.text
    assert all(sign.isprintable() for sign in idea.text)
    assert set(idea.worlds) <= worlds.WORLDS.keys()


def test_the_tables_use_words_that_the_model_knows():
    vocabulary = vocabulary_of(str(FOLDER))
    phrases = [
        *(about.noun for about in worlds.WORLDS.values()),
        *(mood for about in worlds.WORLDS.values() for mood in about.moods),
        *worlds.EXTRAS.values(), *worlds.SKIES.values(),
        *worlds.TIMES, *worlds.WEATHERS, *worlds.COLOURS, *worlds.STYLES,
        "under the", "mixed with", "in blue and gold",
    ]  # fmt: skip
    for phrase in phrases:
        reading = vocabulary.read(phrase)
        assert (reading.near, reading.unknown) == ({}, ()), phrase


def test_the_tables_fit_together():
    for about in worlds.WORLDS.values():
        assert set(about.family) <= worlds.WORLDS.keys()
        assert set(about.colours) <= worlds.COLOURS.keys()
    assert worlds.SUGGESTED_BY.keys() == worlds.WORLDS.keys()
    assert worlds.OPPOSITE.keys() == worlds.CLOSE.keys() == worlds.COLOURS.keys()
    assert {*worlds.OPPOSITE.values(), *sum(worlds.CLOSE.values(), ())} <= worlds.COLOURS.keys()


def test_every_idea_of_our_own_is_understood():
    for text in worlds.IDEAS:
        idea = read_idea(text)
        assert idea.worlds, text
        assert not idea.unknown, text


def test_in_known_words():
    assert in_known_words("the sea and my dog at night") == "the sea at night"
    assert in_known_words("a journey through space") == "space"
    assert in_known_words("my dog") == ""


def test_a_choice_depends_on_seed_and_name_alone():
    options = list("abcdefgh")
    first = [Chance(7).one(options, name) for name in "xyz"]
    assert [Chance(7).one(options, name) for name in "zyx"] == first[::-1]
    assert {Chance(seed).one(options, "x") for seed in range(100)} == set(options)
    assert sorted(Chance(3).shuffled(options, "x")) == options


def test_one_line():
    assert one_line(" a\n\tb\x1b[2J  c ") == "a b [2J c"
