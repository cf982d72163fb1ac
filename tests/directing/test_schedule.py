"""The schedule of scenes and the length of their shots."""

import tomllib
from dataclasses import replace

import numpy as np

from phosphene.composing.compose import compose
from phosphene.directing.direct import directed
from phosphene.directing.director import FORM, direct
from tests.directing.conftest import SEA, made, project_of, shown


def test_neighbours_of_one_label_are_one_scene_unless_the_second_is_a_drop(registry):
    form = [("verse", "A", 0.2, 8), ("verse", "A", 0.3, 8), ("drop", "A", 1.0, 8)]
    scenes = tomllib.loads(direct(made(form), SEA))["scene"]
    assert [scene["at"] for scene in scenes] == ["verse 1", "drop"]
    first, second = (scene["prompt"] for scene in scenes)
    assert first[0] != second


def test_at_most_eight_scenes_are_kept_for_later(registry):
    form = [("verse", "ABCDEFGHIJ"[k % 10], k % 7 / 7, 1) for k in range(20)]
    text = directed(FORM, made(form), SEA, {"file": "song.wav"})
    assert 1 <= sum("continues" in scene for scene in tomllib.loads(text)["scene"]) <= 8
    compose(project_of(text, registry), made(form))


def test_shots_last_seconds_where_bars_are_longer_in_one_section(registry):
    """Bars of 2 s, and in the last section of 8 s, where eight would be a minute."""
    song = made([("verse", "A", 0.4, 32), ("chorus", "B", 0.9, 8), ("outro", "C", 0.2, 16)])
    bars = np.concatenate([song.beats[:160:4], song.beats[160::16]])
    text = directed(FORM, replace(song, downbeats=bars), SEA, {"file": "song.wav"})
    assert tomllib.loads(text)["prompts"] == {"shot": "16.00s", "blend": "3s"}
    score = compose(project_of(text, registry), replace(song, downbeats=bars))
    changes = np.flatnonzero(shown(score)[1:] != shown(score)[:-1]) / 12
    assert np.diff(changes).max() <= 20.0
