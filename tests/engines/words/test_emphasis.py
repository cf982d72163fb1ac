"""Weights of words in prompts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phosphene.engines.words.emphasis import Part, marked, parts_of, plain


@pytest.mark.parametrize(
    ("prompt", "parts"),
    [
        ("a fox", [("a fox", 1.0)]),
        ("a (red:1.3) fox", [("a ", 1.0), ("red", 1.3), (" fox", 1.0)]),
        ("a (red : 1.3 ) fox", [("a ", 1.0), ("red ", 1.3), (" fox", 1.0)]),
        ("((very)) old", [("very", 1.21), (" old", 1.0)]),
        ("[small]", [("small", 0.909091)]),
        ("(a (b:2):0.5)", [("a ", 0.5), ("b", 1.0)]),
        ("(a, b:0)", [("a, b", 0.0)]),
        ("(a:99)", [("a", 10.0)]),
        ("Zelda \\(character\\)", [("Zelda (character)", 1.0)]),
        ("16:9 at 3:1", [("16:9 at 3:1", 1.0)]),
        ("(a [b", [("a ", 1.1), ("b", 1.0)]),  # closed at the end: 1.1 / 1.1
        ("a) b] :2)", [("a) b] :2)", 1.0)]),
        ("(a:-1)", [("a:-1", 1.1)]),
        ("", []),
    ],
)
def test_parts_and_their_weights(prompt, parts):
    assert parts_of(prompt) == tuple(parts)


@given(st.text("ab (:1.2)[],\\", max_size=30))
def test_any_text_is_read_and_keeps_its_letters(prompt):
    text = plain(prompt)
    assert [c for c in text if c in "ab"] == [c for c in prompt if c in "ab"]


@pytest.mark.parametrize("prompt", ["a (red:1.3), [fox] \\(x\\)", "(((a))) b", "x) y]"])
def test_marks_can_be_written_again(prompt):
    assert parts_of(marked(parts_of(prompt))) == parts_of(prompt)


def test_commas_are_outside_of_the_brackets():
    assert marked([Part("a, b", 1.2), Part(" c", 1.0)]) == "(a:1.2), (b:1.2) c"
