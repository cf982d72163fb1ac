"""A prompt in words that a model knows."""

import json

import pytest

from phosphene.engines.vocabulary import FILE, Reading, Vocabulary, vocabulary_of

WORLDS = Vocabulary(
    frozenset(["a", "the", "temple", "forest", "in", "at", "night", "with", "highly", "detailed"]),
    {"cathedral": "temple", "woodlands": "forest"},
)


@pytest.mark.parametrize(
    ("prompt", "reading"),
    [
        ("A temple at night", Reading("A temple at night", {}, ())),
        (
            "a Cathedral in the woodlands",
            Reading("a temple in the forest", {"cathedral": "temple", "woodlands": "forest"}, ()),
        ),
        (
            "a forest with dragons, dragons, highly detailed",
            Reading("a forest with, highly detailed", {}, ("dragons",)),
        ),
        # nothing is left: the pieces of the words are all there is
        ("dragons", Reading("dragons", {}, ("dragons",))),
        ("", Reading("", {}, ())),
        ("naïve, forest", Reading("forest", {}, ("naïve",))),
    ],
)
def test_unknown_words_give_way_to_near_ones_or_are_left_out(prompt, reading):
    assert WORLDS.read(prompt) == reading


def test_a_reading_is_read_as_it_is():
    once = WORLDS.read("a cathedral of dragons, at night")
    assert WORLDS.read(once.text) == Reading(once.text, {}, ())


def test_a_folder_without_the_file_reads_every_word(tmp_path):
    assert vocabulary_of(str(tmp_path)) is None
    assert vocabulary_of("owner/name") is None


def test_the_file_lies_beside_the_model_index(tmp_path):
    table = {"known": ["forest"], "near": {"woods": "forest"}}
    (tmp_path / FILE).write_text(json.dumps(table), encoding="utf-8")
    assert vocabulary_of(str(tmp_path)) == Vocabulary(frozenset(["forest"]), {"woods": "forest"})
