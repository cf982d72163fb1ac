"""Which films are painted in parts."""

from pathlib import Path

from phosphene.batch.jobs import Job
from phosphene.batch.pieces import pieces_of, seconds_of
from phosphene.batch.plan import Figures, Film

FIGURES = {"none": Figures(1.0, 5.0)}


def film(name, *parts, **more):
    about = {"painted": (0,) * len(parts)} | more
    return Film(
        Job("", Path(name), name), Path(f"/films/{name}"), frames=sum(parts), kind="none",
        fingerprint="0123456789abcdef", parts=parts, **about,
    )  # fmt: skip


def made(films, workers):
    pieces = pieces_of(films, FIGURES, workers)
    return [(piece.film.target.name, piece.number, piece.frames) for piece in pieces]


def test_one_film_is_split_among_workers():
    assert made([film("a", 100, 80, 60)], 2) == [("a", 0, 100), ("a", 1, 80), ("a", 2, 60)]


def test_one_worker_paints_films_in_one_piece():
    assert made([film("a", 100, 80)], 1) == [("a", None, 180)]


def test_films_that_keep_all_workers_busy_are_not_split():
    films = [film("a", 60, 40), film("b", 50, 50)]
    assert made(films, 2) == [("a", None, 100), ("b", None, 100)]


def test_only_a_long_film_is_split():
    films = [film("a", 100, 20), film("long", 100, 100, 200)]
    assert made(films, 2) == [
        ("long", 2, 200), ("a", None, 120), ("long", 0, 100), ("long", 1, 100)
    ]  # fmt: skip


def test_a_part_that_is_no_longer_than_loading_is_not_worth_it():
    assert made([film("a", 2, 2)], 2) == [("a", None, 4)]


def test_started_films_keep_their_split():
    assert made([film("a", 100, 80, 60, done=3)], 2) == [("a", None, 240)]
    begun = film("a", 100, 80, 60, painted=(100, 20, 0), done=120)
    pieces = pieces_of([begun], FIGURES, 1)
    assert [(piece.number, piece.frames, piece.done) for piece in pieces] == [
        (1, 80, 20),
        (2, 60, 0),
    ]


def test_a_film_whose_parts_are_complete_is_joined():
    (piece,) = pieces_of([film("a", 100, 80, painted=(100, 80), done=180)], FIGURES, 2)
    assert piece.joins
    assert piece.arguments == ["--join"]
    assert piece.target == Path("/films/a")


def test_files_and_arguments_of_a_part():
    piece = pieces_of([film("a", 100, 80)], FIGURES, 2)[1]
    assert piece.arguments == ["--part=1"]
    assert piece.target == Path("/films/.a.scenes/part-001-0123456789ab.mp4")
    assert piece.name == "a.part-2"


def test_the_time_of_parts_contains_that_of_joining():
    pieces = pieces_of([film("a", 100, 80)], FIGURES, 2)
    assert seconds_of(pieces, FIGURES, 2) == 5 + 100 + 5
