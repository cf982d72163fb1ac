"""Films are made several at a time; one that fails or is lost does not stop the others."""

import threading
from pathlib import Path
from typing import ClassVar

import pytest

from phosphene.batch.jobs import Job
from phosphene.batch.pieces import Piece
from phosphene.batch.plan import Figures, Film
from phosphene.batch.work import Outcome, last_error
from phosphene.batch.workers import make_films
from phosphene.errors import FilmError


def films(*names):
    return [Film(Job("", Path(name), name), Path(f"/{name}"), frames=3) for name in names]


def whole(asked):
    return [Piece(film, None, film.frames) for film in asked]


class Task:
    """Ends as its name says; "forever" until it is stopped."""

    def __init__(self, piece):
        self.film, self.stopped = piece.film, threading.Event()

    def run(self, on_progress):
        on_progress(1, 3, "painting")
        name = self.film.target.name
        if name == "forever":
            assert self.stopped.wait(10)
            return Outcome("stopped")
        if name == "error":
            raise FilmError("no disk.", "Make room.")
        if name == "lost once":
            return Outcome("lost" if self.film.attempts == 1 else "made")
        return Outcome(name, "" if name == "made" else "why", 2.0, Figures(1.0, 0.0))

    def stop(self):
        self.stopped.set()


def test_states_of_films():
    asked = films("made", "failed", "lost", "lost once", "error")
    shown, ended = [], []
    make_films(
        whole(asked),
        2,
        Task,
        lambda *event: shown.append(event),
        lambda *event: ended.append(event),
    )
    assert [film.state for film in asked] == ["made", "failed", "failed", "made", "failed"]
    assert [film.attempts for film in asked] == [1, 1, 3, 2, 1]
    assert [film.done for film in asked] == [3, 1, 1, 3, 1]
    assert asked[4].error == "no disk. Make room."
    assert len(ended) == 5
    assert {film.target.name for film, stage in shown if stage == "ended"} == {
        film.target.name for film in asked
    }


def test_an_interrupt_stops_all_that_is_running():
    asked = films("forever", "forever", "made")

    def interrupt(film, stage):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_films(whole(asked), 2, Task, interrupt, lambda film, outcome: None)
    assert [film.state for film in asked] == ["stopped", "stopped", "waiting"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\nError: one\nError: two\n       more\nFix:   that\n", "two\nmore\nFix:   that"),
        ("a\nb\n", "b"),
        ("", "it ended without a message"),
    ],
)
def test_the_last_error_of_a_log(tmp_path, text, expected):
    (tmp_path / "log").write_text(text)
    assert last_error(tmp_path / "log") == expected


class Noted:
    """Makes each piece, and notes when; the part of a film named "bad" fails."""

    made: ClassVar[list] = []

    def __init__(self, piece):
        self.piece = piece

    def run(self, on_progress):
        on_progress(self.piece.frames, self.piece.frames, "painting")
        if self.piece.film.target.name == "bad" and self.piece.number == 1:
            return Outcome("failed", "why")
        Noted.made.append((self.piece.film.target.name, self.piece.number, self.piece.joins))
        return Outcome("made", "", 1.0, Figures(9.0 if self.piece.joins else 2.0, 0.0))

    def stop(self):
        pass


def in_parts(film, *counts):
    return [Piece(film, number, count) for number, count in enumerate(counts)]


@pytest.mark.parametrize("workers", [1, 3])
def test_a_film_is_joined_when_its_last_part_is_complete(workers):
    Noted.made.clear()
    good, bad, other = films("good", "bad", "other")
    pieces = [*in_parts(bad, 1, 1, 1), *in_parts(good, 1, 2), *whole([other])]
    shown, ended = [], []
    make_films(
        pieces,
        workers,
        Noted,
        lambda *event: shown.append(event),
        lambda *event: ended.append(event),
    )
    assert [film.state for film in (good, bad, other)] == ["made", "failed", "made"]
    made = [piece for piece in Noted.made if piece[0] == "good"]
    assert sorted(made[:2]) == [("good", 0, False), ("good", 1, False)]
    assert made[2:] == [("good", None, True)]
    assert ("bad", None, True) not in Noted.made
    assert bad.error == "part 2: why"
    assert (good.done, good.seconds) == (3, 3.0)
    assert sorted(film.target.name for film, _ in ended) == ["bad", "good", "other"]
    assert {film.target.name: outcome.figures for film, outcome in ended}["good"].frame == 2.0


def test_parts_that_were_complete_before_count():
    Noted.made.clear()
    (film,) = films("good")
    film.done = 2
    done = []
    make_films(
        [Piece(film, 1, 1)], 2, Noted, lambda film, _: done.append(film.done), lambda *event: None
    )
    assert done[0] == 2
    assert Noted.made == [("good", 1, False), ("good", None, True)]
    assert film.state == "made"
