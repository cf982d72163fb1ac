"""Fitting text into its place."""

import pytest

from phosphene.plotting.style import fitted, length


@pytest.mark.parametrize("room", [5, 20, 60, 120, 300, 2000])
def test_no_line_is_longer_than_its_space(room):
    text = "an ancient temple overgrown with vines at sunset, unbelievablylongwordwithoutaspace"
    lines = fitted(text, room, 9.5).splitlines()
    assert len(lines) <= 2
    assert all(length(line, 9.5) <= room for line in lines)


def test_text_is_cut_only_if_it_does_not_fit():
    assert fitted("a cat", 500, 10) == "a cat"
    assert fitted("a cat and a dog and a bird", 90, 10, lines=1).endswith("…")
    assert fitted("$x^2$ is not a formula", 500, 10) == "$x^2$ is not a formula"
