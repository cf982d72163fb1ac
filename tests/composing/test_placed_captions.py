"""Lyrics and titles of a project: their frames, and lyrics as prompts."""

import numpy as np
import pytest

from phosphene.composing.compose import compose
from phosphene.errors import ProjectError, SongError
from phosphene.testing import synthetic_song

LRC = "[00:01.00]a\n[00:02.05]b\n[00:04.00]\n[00:06.00]a"


@pytest.fixture(scope="module")
def song():
    """Bars of 2 s; 12 s."""
    return synthetic_song(12.0)


@pytest.fixture
def composed(project, song, tmp_path):
    (tmp_path / "song.lrc").write_text(LRC)

    def make(**tables):
        return compose(project(video={"fps": 10}, **tables), song)

    return make


@pytest.fixture
def lyrics(tmp_path):
    return str(tmp_path / "song.lrc")


def test_a_line_begins_in_the_frame_that_contains_it(composed, lyrics):
    found = composed(captions={"file": lyrics, "fade": "0.2s"}).captions
    assert [(c.text, c.first, c.last, c.fade) for c in found] == [
        ("a", 10, 20, 2), ("b", 20, 40, 2), ("a", 60, 120, 2),
    ]  # fmt: skip


def test_a_title_is_at_its_position(composed):
    title = {"text": "Phosphene", "at": "bar 2", "length": "1 bar", "position": "top left"}
    (found,) = composed(title=[title | {"colour": "#ff8000"}]).captions
    assert (found.first, found.last, found.fade) == (20, 40, 5)
    assert found.lettering.position == (0.0, 0.0)
    assert found.lettering.colour == (255, 128, 0)


def test_lyrics_are_prompts_at_their_times(composed, lyrics):
    score = composed(prompts={"lyrics": lyrics, "style": "oil", "blend": "0s"})
    assert score.prompts == ("a, oil", "b, oil", "a, oil")
    np.testing.assert_array_equal(np.argmax(score.weights, 1), np.repeat([0, 1, 2], [20, 40, 60]))


def test_lyrics_and_other_prompts_are_in_order(composed, lyrics):
    score = composed(prompts={"lyrics": lyrics, "at": {"4s": "pause"}})
    assert score.prompts == ("a", "b", "pause", "a")
    with pytest.raises(ProjectError, match=r"are the same time, 1\.00 s"):
        composed(prompts={"lyrics": lyrics, "at": {"1s": "pause"}})


def test_a_prompt_at_the_start_of_a_scene_names_its_entry(composed, lyrics):
    for entry, given in (("at", {"1s": "c"}), ("lyrics", lyrics)):
        with pytest.raises(ProjectError, match=rf"prompts\.{entry}: '.' is at 1\.00 s, where a sc"):
            composed(prompts={entry: given}, scene=[{"at": "1s", "prompt": "d"}])


@pytest.mark.parametrize(
    ("tables", "says"),
    [
        ({"title": [{"text": "a", "at": "50s"}]}, r"title\[0\]\.at: position '50s' is outside"),
        ({"title": [{"text": "a", "at": "100%"}]}, "is the end of the song"),
        ({"title": [{"text": "漢", "at": "0"}]}, r"title\[0\]\.font: .*no glyph for 漢"),
        ({"title": [{"text": "a", "at": "0", "position": "buttom"}]}, "Did you mean 'bottom'"),
        ({"title": [{"text": "a", "at": "0", "position": [0.5, 2]}]}, "two shares"),
        ({"title": [{"text": "a", "at": "0", "colour": "red"}]}, 'expected a colour such as "#ff'),
        ({"title": [{"at": "0"}]}, r"title\[0\]\.text: is missing"),
        ({"captions": {}}, r"captions\.file: is missing"),
    ],
)
def test_mistakes_are_named(composed, tables, says):
    with pytest.raises(ProjectError, match=says):
        composed(**tables)


def test_a_missing_file_is_named(composed):
    for tables in ({"captions": {"file": "no.lrc"}}, {"prompts": {"lyrics": "no.lrc"}}):
        with pytest.raises(SongError, match=r"no\.lrc: no such file with lyrics"):
            composed(**tables)
