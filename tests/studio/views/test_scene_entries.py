"""What the page gets of scenes: where they are, their dissolves, shots and colours."""

import pytest

from phosphene.bounds import parse_toml
from phosphene.composing.compose import compose
from phosphene.composing.trace import Trace
from phosphene.plotting.data import plot_data
from phosphene.project.file import make_project
from phosphene.studio.views.composed import Composed
from phosphene.studio.views.scenes import prompt_entries, scene_entries
from phosphene.testing import synthetic_song

HEAD = """\
[song]
file = "song.wav"
[video]
width = 64
height = 64
fps = 8
[prompts]
blend = "1 beat"
shot = "1 bar"
"""
SCENES = """
[[scene]]
at = "bar 2"
prompt = ["a reef", "a shark"]
[[scene]]
at = "bar 4"
prompt = "a city"
dissolve = "1 bar"
[[scene]]
at = "bar 6"
continues = "bar 2"
"""


@pytest.fixture
def composed(tmp_path, registry):
    def make(text):
        song = synthetic_song(16.0)  # bars of two seconds
        project = make_project(parse_toml(text), tmp_path / "film.toml", registry)
        trace = Trace()
        score = compose(project, song, trace=trace)
        return Composed(parse_toml(text), project, song, plot_data(song, project, score, trace))

    return make


def test_scenes_have_their_seconds_dissolves_shots_and_the_colour_of_their_origin(composed):
    scenes = scene_entries(composed(HEAD + SCENES))
    assert [(one["index"], one["position"]) for one in scenes] == [
        (-1, ""), (0, "bar 2"), (1, "bar 4"), (2, "bar 6"),
    ]  # fmt: skip
    assert [(one["at"], one["end"]) for one in scenes] == [(0, 2), (2, 6), (6, 10), (10, 16)]
    assert [one["fade"] for one in scenes] == [0.0, 0.0, 2.0, 0.0]
    assert scenes[1]["shots"] == [{"at": 4.0, "text": "a shark"}]
    assert [one["text"] for one in scenes] == ["a reef", "a reef", "a city", "a reef"]
    assert [one["text"] for one in scenes[3]["shots"]] == ["a shark", "a reef"]
    colours = [one["colour"] for one in scenes]
    assert colours[1] == colours[3] != colours[2]
    assert scenes[3]["values"] == {"at": "bar 6", "continues": "bar 2"}


def test_prompts_within_a_scene_are_its_shots_and_entries_of_their_own(composed):
    text = HEAD + SCENES + '[prompts.at]\n"bar 5" = { prompt = "rain", blend = "0s" }\n'
    found = composed(text)
    assert {"at": 8.0, "text": "rain"} in scene_entries(found)[2]["shots"]
    assert prompt_entries(found) == [
        {"position": "bar 5", "at": 8.0, "text": "rain", "path": ["prompts", "at", "bar 5", "prompt"]}
    ]  # fmt: skip


def test_a_project_without_scenes_is_one(composed):
    (scene,) = scene_entries(composed(HEAD + '[prompts.at]\n"0" = "a reef"\n"bar 3" = "a city"\n'))
    assert (scene["index"], scene["at"], scene["end"]) == (-1, 0.0, 16.0)
    assert scene["shots"] == [{"at": 4.0, "text": "a city"}]
