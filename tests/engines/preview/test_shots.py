"""Shots: scenes that continue each other are one run of the camera."""

from dataclasses import replace

import numpy as np
from scores import score

from phosphene.engines.preview.shots import shots
from phosphene.painting.motion.step import step_matrix
from phosphene.score.scenes import Scene

SCENES = (Scene(0), Scene(10, fade=4, prompt=1), Scene(20, origin=0))


def test_a_scene_that_returns_follows_the_one_that_it_continues():
    film = replace(score(n=30, zoom=1.01, rotation=1.0), scenes=SCENES)
    first, second = shots(film).values()
    assert first.rows.tolist() == [*range(10), *range(20, 30)]
    assert first.scenes.tolist() == [0] * 10 + [2] * 10
    assert first.places[2, 20] == 10
    assert second.rows.tolist() == list(range(6, 20))
    assert (first.plane, second.plane) == (0, 10 << 20)
    np.testing.assert_array_equal(second.steps[3], step_matrix(film.row(9, 1), 64, 48))


def test_a_film_without_scenes_is_one_shot():
    (shot,) = shots(score(n=5)).values()
    assert shot.rows.tolist() == [0, 1, 2, 3, 4]
    assert shot.poses.shape == (5, 2, 11)
