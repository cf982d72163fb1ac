"""The remaining frames, the order of the films, and the estimated time."""

from pathlib import Path

import pytest

from phosphene.batch.jobs import Job
from phosphene.batch.plan import Figures, Film, longest_first, seconds_left, space_left


def film(name="a", frames=10, **more):
    job = Job("here", Path(f"/songs/{name}.mp3"), f"{name}.mp4")
    return Film(job, Path(f"/films/{name}.mp4"), frames=frames, kind="none", **more)


FIGURES = {"none": Figures(frame=2.0, loading=5.0)}


def test_frames_that_are_kept_are_not_left():
    assert film(frames=10, done=4).left(FIGURES) == 5 + 6 * 2
    assert film(state="kept").left(FIGURES) == 0
    assert film().left({}) == 0


def test_the_longest_film_comes_first():
    films = [film("a", 5), film("b", 50), film("c", 20), film("d", 99, state="failed")]
    assert [one.job.name for one in longest_first(films, FIGURES)] == ["b.mp4", "c.mp4", "a.mp4"]


@pytest.mark.parametrize(
    ("lengths", "workers", "seconds"),
    [([], 3, 0), ([4, 3, 2], 1, 9), ([4, 3, 2], 2, 5), ([4, 3, 2], 8, 4), ([2, 3, 4], 2, 6)],
)
def test_films_on_workers(lengths, workers, seconds):
    assert seconds_left(lengths, workers) == seconds


def test_space_is_for_all_films_and_the_files_of_those_in_work():
    films = [film(size=10, room=30), film(size=10, room=25), film(size=5, room=6, state="made")]
    assert space_left(films, 1) == 20 + 20
    assert space_left(films, 2) == 20 + 20 + 15
