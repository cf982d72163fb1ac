"""Making films, several at a time, until none is left; one that fails stops no other."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import Protocol

from phosphene.batch.plan import Film
from phosphene.batch.work import ATTEMPTS, OnProgress, Outcome
from phosphene.errors import PhospheneError


class Task(Protocol):
    """The making of one film; see `phosphene.batch.work.Work`."""

    def run(self, on_progress: OnProgress) -> Outcome: ...

    def stop(self) -> None: ...


Begin = Callable[[Film], Task]
Show = Callable[[Film, str], None]
"""show(film, stage) is called with each change: "loading", "painting", "joining", or "ended"."""


def make_films(
    films: Iterable[Film],
    workers: int,
    begin: Begin,
    show: Show,
    ended: Callable[[Film, Outcome], None],
) -> None:
    """Make films in their order. If this is interrupted, all are stopped and can be resumed.

    Parameters
    ----------
    films : iterable of Film
        Their state is changed to "made", "failed" or "stopped".
    workers : int
        How many are made at a time.
    begin : callable
        begin(film) returns the task that makes it.
    show : callable
    ended : callable
        ended(film, outcome) is called for each film.

    Notes
    -----
    `show` and `ended` are called in this thread.
    """
    waiting, running = deque(films), dict[int, Task]()
    said: queue.Queue[tuple[Film, int, int, str, Outcome | None]] = queue.Queue()
    stopping = threading.Event()

    def work() -> None:
        while not stopping.is_set():
            try:
                film = waiting.popleft()
            except IndexError:
                break
            said.put((film, 0, 0, "", _made(film)))

    def _made(film: Film) -> Outcome:
        outcome = Outcome("stopped")
        for attempt in range(1, ATTEMPTS + 1):
            try:
                film.attempts = attempt
                task = running[id(film)] = begin(film)
                if stopping.is_set():
                    return Outcome("stopped")
                outcome = task.run(lambda *step: said.put((film, *step, None)))
            except PhospheneError as error:
                outcome = Outcome("failed", error.advice)
            except Exception as error:  # of this film alone
                outcome = Outcome("failed", f"{type(error).__name__}: {error}")
            finally:
                running.pop(id(film), None)
            if outcome.state != "lost" or stopping.is_set():
                break
        return outcome

    threads = [threading.Thread(target=work, daemon=True) for _ in range(workers)]
    try:
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads) or not said.empty():
            try:
                _take(*said.get(timeout=0.2), show, ended)
            except queue.Empty:
                continue
    finally:
        stopping.set()
        for task in list(running.values()):
            task.stop()
        for thread in threads:
            thread.join()
        while not said.empty():
            _take(*said.get(), lambda film, stage: None, ended)


def _take(
    film: Film,
    done: int,
    total: int,
    stage: str,
    outcome: Outcome | None,
    show: Show,
    ended: Callable[[Film, Outcome], None],
) -> None:
    if outcome is None:
        film.done = done
        show(film, stage)
        return
    film.state = "failed" if outcome.state == "lost" else outcome.state
    film.error, film.seconds = outcome.error, outcome.seconds
    if outcome.state == "made":
        film.done = film.frames
    ended(film, outcome)
    show(film, "ended")
