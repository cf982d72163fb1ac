"""Scenes of a project: their frames, prompts, seeds and settings in the Score."""

import numpy as np
import pytest

from phosphene.composing.compose import compose
from phosphene.errors import ProjectError
from phosphene.testing import synthetic_song


@pytest.fixture(scope="module")
def song():
    """Beats every half second from 0, bars of 2 s; 12 s."""
    return synthetic_song(12.0)


@pytest.fixture
def composed(project, song):
    def make(*scenes, **tables):
        video = {"fps": 10} | tables.pop("video", {})
        return compose(project(scene=list(scenes), video=video, **tables), song)

    return make


def starts(score):
    return [scene.start for scene in score.scenes]


def test_a_cut_is_in_the_frame_of_its_position_and_begins_with_its_own_prompt(composed):
    score = composed({"at": "2.05s", "prompt": "a city"}, prompts={"at": {"0": "a forest"}})
    assert starts(score) == [0, 20]  # frame 20 is shown from 2.0 to 2.1 s
    assert score.prompts == ("a forest", "a city")
    np.testing.assert_array_equal(score.weights[:, 1], np.arange(120) >= 20)


def test_frames_before_the_first_scene_are_a_scene_with_the_first_prompt(composed):
    score = composed({"at": "bar 2", "prompt": "a"}, {"at": "bar 3", "prompt": "b"})
    assert score.prompts == ("a", "a", "b")
    assert [score.row(i).scene for i in (0, 19, 20, 39, 40)] == [0, 0, 1, 1, 2]


def test_a_scene_at_the_start_is_the_first(composed):
    assert starts(composed({"at": "0", "prompt": "a"}, {"at": "1s"})) == [0, 10]


def test_no_morph_crosses_a_cut(composed):
    at = {"0": "a", "3s": "b", "4s": "c", "8s": "d"}
    score = composed({"at": "4s"}, {"at": "7s"}, prompts={"at": at, "blend": "5s"})
    assert score.prompts == ("a", "b", "c", "c", "d")
    np.testing.assert_allclose(score.weights[15], [0.5, 0.5, 0, 0, 0])  # over the 3 s before
    np.testing.assert_array_equal(score.weights[39], [0, 1, 0, 0, 0])
    np.testing.assert_array_equal(score.weights[40], [0, 0, 1, 0, 0])
    np.testing.assert_allclose(score.weights[75], [0, 0, 0, 0.5, 0.5])  # 7 s to 8 s


def test_a_dissolve_ends_at_its_position_and_is_cut_to_the_scene_before(composed):
    score = composed({"at": "4s", "dissolve": "1 bar"}, {"at": "5s", "dissolve": "4s"})
    assert [scene.fade for scene in score.scenes] == [0, 20, 10]
    assert [score.seen(i) for i in (19, 20, 39, 40)] == [
        range(1), range(2), range(2), range(1, 3)
    ]  # fmt: skip
    assert score.share(20) == pytest.approx(1 / 21)
    assert score.share(39) == pytest.approx(20 / 21)


def test_a_scene_that_dissolves_in_has_its_own_prompt_and_seed(composed):
    score = composed({"at": "4s", "dissolve": "1s", "prompt": "b", "seed": 1000}, model={"seed": 7})
    old, new = score.row(35), score.row(35, 1)
    assert (old.seed, new.seed) == (42, 1035)
    assert (old.weights.argmax(), new.weights.argmax()) == (0, 1)


def test_settings_of_a_scene(composed):
    score = composed(
        {"at": "2s", "seed": 100, "guidance": 1.5, "colour_match": 0.0, "cadence": 5},
        {"at": "4s"},
        model={"seed": 7, "cadence": 1},
    )
    assert score.seeds[[19, 20, 39, 40]].tolist() == [26, 120, 139, 47]
    assert score.channels["guidance"][[19, 20, 39, 40]].tolist() == [1, 1.5, 1.5, 1]
    assert score.channels["colour_match"][[19, 20, 39, 40]].tolist() == [0.5, 0, 0, 0.5]
    assert np.flatnonzero(score.diffuses[20:40]).tolist() == [0, 5, 10, 15]


def test_a_look_moves_its_scene_alone(composed):
    score = composed({"at": "2s", "look": "drift"}, {"at": "4s"})
    moved = np.flatnonzero(score.channels["translation_x"])
    assert (moved.min() >= 20, moved.max() < 40) == (True, True)


def test_a_scene_continues_the_latest_of_its_name_and_inherits_from_it(composed):
    score = composed(
        {"at": "0", "name": "chorus", "prompt": "c", "seed": 5},
        {"at": "2s", "prompt": "v"},
        {"at": "4s", "continues": "chorus"},
        {"at": "6s", "prompt": "w"},
        {"at": "8s", "continues": "chorus", "prompt": "d"},
    )
    assert [scene.origin for scene in score.scenes] == [None, None, 0, None, 2]
    assert score.prompts == ("c", "v", "c", "w", "d")
    assert [scene.seed for scene in score.scenes] == [5, 42, 5, 42, 5]


def test_an_excerpt_has_the_scenes_of_its_frames(composed):
    scenes = (
        {"at": "0", "name": "a", "prompt": "a"}, {"at": "2s", "name": "b", "prompt": "b"},
        {"at": "4s", "continues": "a"}, {"at": "6s", "continues": "b"},
    )  # fmt: skip
    score = composed(*scenes, video={"start": "3s", "end": "7s"})
    assert starts(score) == [20, 40, 60]
    assert [scene.origin for scene in score.scenes] == [None, None, 0]
    assert [score.span(k) for k in range(3)] == [range(10), range(10, 30), range(30, 40)]


def test_a_scene_goes_through_its_prompts_in_turns(composed):
    score = composed(
        {"at": "0", "prompt": ["a", "b"]}, {"at": "8s", "prompt": "c"},
        prompts={"shot": "1 bar", "blend": "1s"},
    )  # fmt: skip
    assert score.prompts == ("a", "b", "a", "b", "c")
    np.testing.assert_allclose(score.weights[15, :2], [0.5, 0.5])  # 1 s to 2 s
    assert score.weights.argmax(axis=1)[[0, 20, 40, 60, 79, 80]].tolist() == [0, 1, 2, 3, 3, 4]


def test_a_shot_shorter_than_the_morph_to_it_is_dropped(composed):
    prompts = {"shot": "1 bar", "blend": "1s"}
    times = {"4.9s": 2, "5s": 3}  # the third shot would begin at 4 s
    for end, shots in times.items():
        score = composed(
            {"at": "0", "prompt": ["a", "b"]}, {"at": end, "prompt": "c"}, prompts=prompts
        )
        assert len(score.prompts) == shots + 1, end


def test_prompts_at_positions_join_the_turns_of_a_scene(composed):
    score = composed(
        {"at": "0", "prompt": ["a", "b"]},
        prompts={"shot": "2 bars", "blend": "1s", "at": {"2s": "x", "4s": "y"}},
    )
    assert score.prompts == ("a", "x", "y", "a")  # at 0, 2, 4 and 8 s


def test_a_scene_without_a_name_is_continued_by_its_position(composed):
    score = composed(
        {"at": "0", "prompt": ["c", "d"], "seed": 5},
        {"at": "2s", "prompt": "v"},
        {"at": "4s", "continues": "0"},
        {"at": "6s", "continues": "2s"},
        {"at": "8s", "continues": "0"},
    )
    assert [scene.origin for scene in score.scenes] == [None, None, 0, 1, 2]
    assert [scene.seed for scene in score.scenes] == [5, 42, 5, 42, 5]


MISTAKES = [
    ([{"at": "4s"}, {"at": "2s"}], "scene[1].at: '2s' (frame 20) is not after '4s'"),
    ([{"at": "90s"}], "scene[0].at: position '90s' is outside the song"),
    ([{"at": "12s"}], "scene[0].at: '12s' is the end of the song"),
    ([{"at": "0", "dissolve": "1s"}], "scene[0].dissolve: no scene comes before"),
    ([{"at": "0", "name": "a"}, {"at": "1s", "continues": "a", "dissolve": "1s"}], "right before"),
    ([{"at": f"{k}", "name": f"{k}"} for k in range(10)]
     + [{"at": f"{k + 20}", "continues": f"{k}"} for k in range(10)], "at most 8"),
    ([{"at": "2s", "prompt": "a"}], "'b' is at 2.00 s, where a scene begins"),
]  # fmt: skip


@pytest.mark.parametrize(("scenes", "message"), MISTAKES)
def test_a_mistake_is_named(composed, scenes, message):
    with pytest.raises(ProjectError) as told:
        composed(*scenes, prompts={"at": {"0": "x", "2s": "b"}})
    assert message in str(told.value)


SCHEMA = [
    (
        {"at": "0", "steps": 4},
        "scene[0].steps",
        "the model is loaded once",
        "set model.steps",
    ),
    ({"at": "0", "promt": "x"}, "scene[0].promt", "unknown key", "prompt"),
    (
        {"at": "0", "continues": "x"},
        "scene[0].continues",
        "no earlier scene is named 'x'",
        "name",
    ),
    ({"prompt": "x"}, "scene[0].at", "is missing", ""),
    ({"at": "0", "look": "drfit"}, "scene[0].look", "unknown look 'drfit'", "drift"),
    ({"at": "noon", "look": "drift"}, "scene[0].at", "got 'noon'", "bar 9"),
    ({"at": "0", "dissolve": "0s"}, "scene[0].dissolve", "longer than 0", ""),
]


@pytest.mark.parametrize(("entry", "place", "problem", "fix"), SCHEMA)
def test_a_mistake_in_the_file_is_named(project, entry, place, problem, fix):
    with pytest.raises(ProjectError) as told:
        project(scene=[entry])
    [line] = str(told.value).splitlines()
    assert line.startswith(f"test.toml: {place}: ")
    assert problem in line
    assert fix in line


def test_two_scenes_of_one_name_are_refused(project):
    with pytest.raises(ProjectError, match=r"scene\[1\].name: another scene is named 'a'"):
        project(scene=[{"at": "0", "name": "a"}, {"at": "1s", "name": "a"}])


def test_a_table_of_several_scenes_numbers_them(composed):
    names, rows = composed({"at": "2s"}).table()
    assert names[-1] == "scene"
    assert [row[-1] for row in rows] == [1] * 20 + [2] * 100
    assert "scene" not in composed().table()[0]


def test_a_negative_prompt_is_that_of_its_prompt_or_of_the_scene_or_of_all(composed):
    at = {"0": {"prompt": "a", "negative": "n"}, "1s": "b", "5s": {"prompt": "d", "negative": ""}}
    score = composed(
        {"at": "2s", "prompt": "c", "negative": "s", "name": "one"},
        {"at": "6s"},
        {"at": "8s", "continues": "one"},
        prompts={"at": at, "negative": "all"},
    )
    assert score.prompts == ("a", "b", "c", "d", "d", "c")
    assert score.negative_prompts == ("n", "all", "s", "", "", "s")
