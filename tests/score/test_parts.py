"""Parts of a film that can be painted by themselves."""

from dataclasses import replace

import numpy as np
import pytest
from scores import score

from phosphene.score.parts import Part, parts_of
from phosphene.score.scenes import Scene


def film(*scenes, n=12, first=0):
    return replace(score(n=n), scenes=scenes, frames=first + np.arange(n))


def rows(about):
    return [(sorted(part.scenes), part.rows, part.painted) for part in parts_of(about)]


def numbers(*spans):
    return tuple(i for begin, end in spans for i in range(begin, end))


def test_scenes_after_cuts_are_parts():
    found = rows(film(Scene(0), Scene(4), Scene(9)))
    assert found == [
        ([0], numbers((0, 4)), numbers((0, 4))),
        ([1], numbers((4, 9)), numbers((4, 9))),
        ([2], numbers((9, 12)), numbers((9, 12))),
    ]


def test_the_rows_of_a_dissolve_belong_to_the_scene_before_and_are_painted_twice():
    assert rows(film(Scene(0), Scene(6, fade=2))) == [
        ([0], numbers((0, 6)), numbers((0, 6))),
        ([1], numbers((6, 12)), numbers((4, 12))),
    ]


def test_a_scene_that_comes_back_is_in_one_part_with_its_origin():
    assert rows(film(Scene(0), Scene(4), Scene(8, origin=0))) == [
        ([0, 2], numbers((0, 4), (8, 12)), numbers((0, 4), (8, 12))),
        ([1], numbers((4, 8)), numbers((4, 8))),
    ]


def test_a_return_that_dissolves_in_joins_the_scene_before_it():
    about = film(Scene(0), Scene(4), Scene(8, fade=2, origin=0), Scene(10))
    assert rows(about) == [
        ([0, 1, 2], numbers((0, 10)), numbers((0, 10))),
        ([3], numbers((10, 12)), numbers((10, 12))),
    ]


def test_an_excerpt_has_only_parts_with_rows():
    about = film(Scene(0), Scene(6, fade=3), Scene(20), n=30).excerpt(2, 5)
    assert rows(about) == [([0], numbers((0, 3)), numbers((0, 3)))]


@pytest.mark.parametrize("seed", range(8))
def test_each_row_is_in_one_part(seed):
    draw = np.random.default_rng(seed)
    starts = [0, *sorted(draw.choice(np.arange(1, 40), 6, replace=False).tolist())]
    scenes = [Scene(0)]
    for k, start in enumerate(starts[1:], 1):
        fade = int(draw.integers(0, start - starts[k - 1] + 1))
        scenes.append(Scene(start, fade, int(draw.integers(0, k)) if draw.random() < 0.4 else None))
    about = film(*scenes, n=40)
    parts = parts_of(about)
    assert sorted(i for part in parts for i in part.rows) == list(range(40))
    assert sorted(k for part in parts for k in part.scenes) == list(range(7))
    for part in parts:
        assert set(part.rows) <= set(part.painted)
        for i in part.painted:
            assert part.seen(about, i)
        assert all(list(about.seen(i)) == part.seen(about, i) for i in part.rows)


def test_all_of_a_film_is_a_part():
    about = film(Scene(0), Scene(4, fade=2))
    part = Part.whole(about)
    assert [part.seen(about, i) for i in (0, 3, 4)] == [[0], [0, 1], [1]]
    assert part.rows == part.painted == tuple(range(12))
