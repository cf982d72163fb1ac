import csv
import io
import json
from dataclasses import replace

import numpy as np
import scores

from phosphene.composing.compose import compose
from phosphene.score.scenes import Scene
from phosphene.testing import synthetic_song


def test_the_table_has_the_stable_columns(project):
    prompts = {"style": "oil", "at": {"0": "a", "1s": "b"}}
    score = compose(project(prompts=prompts, model={"seed": 7}), synthetic_song(2.0))
    rows = list(csv.DictReader(io.StringIO(score.to_csv())))
    assert list(rows[0]) == [
        "frame", "time", "translation_x", "translation_y", "rotation", "zoom", "strength", "seed",
        "prompt_1", "prompt_2",
    ]  # fmt: skip
    assert len(rows) == 30
    assert float(rows[15]["time"]) == 1.0
    assert [int(row["seed"]) for row in rows[:3]] == [7, 8, 9]
    assert score.prompts == ("a, oil", "b, oil")
    assert (float(rows[29]["prompt_1"]), float(rows[29]["prompt_2"])) == (0.0, 1.0)


def test_json_has_the_same_values(project):
    score = compose(project({"use": "orbit"}), synthetic_song(1.0))
    printed = json.loads(score.to_json())
    assert printed["fps"] == 15.0
    got = [row["translation_x"] for row in printed["rows"]]
    np.testing.assert_array_equal(got, score.channels["translation_x"])


def test_a_row_reads_its_channels_by_name(project):
    row = compose(project({"use": "keyframes", "zoom": {"0": 1.1}}), synthetic_song(1.0)).row(3)
    assert row.frame == 3
    np.testing.assert_allclose([row.zoom, row.rotation, row.strength], [1.1, 0.0, 0.55])


def test_the_scenes_of_all_rows_are_those_of_each():
    scenes = (Scene(0), Scene(6, fade=4), Scene(9, fade=2, origin=0), Scene(11))
    film = replace(scores.score(n=14), frames=np.arange(2, 16), scenes=scenes)
    visible, shares = film.dissolves()
    assert visible.tolist() == [film.seen(i)[0] for i in range(14)]
    assert shares.tolist() == [film.share(i) for i in range(14)]
