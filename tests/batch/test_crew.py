"""Films are made several at a time; one that fails or is lost stops no other."""

import threading
from pathlib import Path

import pytest

from phosphene.batch.crew import make_films
from phosphene.batch.jobs import Job
from phosphene.batch.plan import Figures, Film
from phosphene.batch.work import Outcome, last_error
from phosphene.errors import FilmError


def films(*names):
    return [Film(Job("", Path(name), name), Path(f"/{name}"), frames=3) for name in names]


class Task:
    """Ends as its name says; "forever" until it is stopped."""

    def __init__(self, film):
        self.film, self.stopped = film, threading.Event()

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
    make_films(asked, 2, Task, lambda *said: shown.append(said), lambda *said: ended.append(said))
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
        make_films(asked, 2, Task, interrupt, lambda film, outcome: None)
    assert [film.state for film in asked] == ["stopped", "stopped", "waiting"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a\nError: one\nError: two\n       more\nFix:   that\n", "two\nmore\nFix:   that"),
        ("a\nb\n", "b"),
        ("", "it ended without a message"),
    ],
)
def test_the_last_error_of_a_log(tmp_path, text, said):
    (tmp_path / "log").write_text(text)
    assert last_error(tmp_path / "log") == said
