"""The projects of docs/cookbook are composed with the sample song, and each moves what it says."""

import re
from pathlib import Path

import numpy as np
import pytest

from phosphene.composing.compose import compose
from phosphene.project.file import read_project
from phosphene.song.listening import listen

DOCS = Path(__file__).parent.parent / "docs"
PAGE = (DOCS / "cookbook" / "README.md").read_text(encoding="utf-8")
MOVED = {
    "chorus": {"zoom", "strength", "rotation"},
    "colour": {"hue", "saturation", "brightness"},
    "drums": {"zoom", "tilt", "strength", "rotation"},
    "flight": {"dolly", "pan", "tilt", "rotation"},
    "formula": {"rotation", "zoom"},
    "handheld": {"translation_x", "translation_y", "rotation"},
    "loudness": {"zoom", "strength", "dolly"},
    "pulse": {"zoom", "strength", "renewal"},
    "scenes": {"translation_x", "translation_y", "rotation"},
    "spiral": {"translation_x", "translation_y", "zoom", "rotation"},
}
RECIPES = sorted((DOCS / "cookbook").glob("*.toml"))


@pytest.fixture(scope="module")
def song():
    return listen(DOCS.parent / "samples" / "nocturne.flac")


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_moves_its_channels_and_no_other(path, song, registry):
    score = compose(read_project(path, registry), song)
    changing = {name for name, curve in score.channels.items() if np.ptp(curve) > 1e-9}
    assert changing == MOVED[path.stem]


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_is_on_the_page_with_its_plot(path):
    assert f'--8<-- "docs/cookbook/{path.name}"' in PAGE
    picture = DOCS / "pictures" / f"cookbook-{path.stem}.png"
    assert f"](../pictures/{picture.name})" in PAGE
    assert picture.stat().st_size < 60_000


def test_the_page_names_no_recipe_or_page_that_is_missing():
    for name in re.findall(r'--8<-- "docs/(.+)"', PAGE):
        assert (DOCS / name).is_file(), name
    for target in re.findall(r"\]\(([^)#]+)", PAGE):
        assert (DOCS / "cookbook" / target).is_file(), target
