"""Renders films with several workers; a film that fails does not stop the others."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Protocol

from phosphene.batch.pieces import Piece
from phosphene.batch.plan import Figures, Film
from phosphene.batch.work import ATTEMPTS, OnProgress, Outcome
from phosphene.errors import PhospheneError


class Task(Protocol):
    """A task that renders a piece; see `phosphene.batch.work.Work`."""

    def run(self, on_progress: OnProgress) -> Outcome: ...

    def stop(self) -> None: ...


Begin = Callable[[Piece], Task]
Show = Callable[[Film, str], None]
"""show(film, stage) is called with each change: "loading", "painting", "joining", or "ended"."""
Ended = Callable[[Film, Outcome], None]


def make_films(
    pieces: Iterable[Piece], workers: int, begin: Begin, show: Show, ended: Ended
) -> None:
    """Render pieces of films, in their order.

    The parts of a film are joined as soon as the last one is complete. If this is interrupted, all
    tasks are stopped and can be resumed.

    Parameters
    ----------
    pieces : sequence of Piece
        The state of their films is changed to "made", "failed" or "stopped".
    workers : int
        Number of pieces that are rendered at a time.
    begin : callable
        begin(piece) returns the task that renders it.
    show : callable
    ended : callable
        ended(film, outcome) is called once for each film.

    Notes
    -----
    `show` and `ended` are called in this thread.
    """
    tracker = _Tracker(pieces, show, ended)
    pool = _WorkerPool(pieces, workers, begin)
    try:
        pool.start()
        while pool.is_running():
            try:
                tracker.update(*pool.events.get(timeout=0.2))
            except queue.Empty:
                continue
    finally:
        pool.stop()
        tracker.show = lambda film, stage: None
        while not pool.events.empty():
            tracker.update(*pool.events.get())


class _WorkerPool:
    """Threads that each render one piece at a time."""

    def __init__(self, pieces: Iterable[Piece], workers: int, begin: Begin) -> None:
        self.events: queue.Queue[tuple[Piece, int, str, Outcome | None]] = queue.Queue()
        self._waiting, self._begin = deque(pieces), begin
        self._running: dict[int, Task | None] = {}
        self._parts: dict[int, int] = {}
        for piece in self._waiting:
            if piece.number is not None:
                key = id(piece.film)
                self._parts[key] = self._parts.get(key, 0) + 1
        self._changed, self._stopping = threading.Condition(), threading.Event()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(workers)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def is_running(self) -> bool:
        return any(thread.is_alive() for thread in self._threads) or not self.events.empty()

    def stop(self) -> None:
        """Stop all tasks, and wait for them."""
        self._stopping.set()
        with self._changed:
            tasks = list(self._running.values())
            self._changed.notify_all()
        for task in tasks:
            if task is not None:
                task.stop()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while (piece := self._next()) is not None:
            self.events.put((piece, piece.done, "", None))
            outcome = self._make(piece)
            with self._changed:
                del self._running[id(piece)]
                self._part_ended(piece, outcome)
                self._changed.notify_all()
            self.events.put((piece, 0, "", outcome))

    def _next(self) -> Piece | None:
        """Wait for the next piece; None if there will be no more."""
        with self._changed:
            while not self._waiting and self._running and not self._stopping.is_set():
                self._changed.wait()
            if not self._waiting or self._stopping.is_set():
                return None
            piece = self._waiting.popleft()
            self._running[id(piece)] = None
            return piece

    def _part_ended(self, piece: Piece, outcome: Outcome) -> None:
        """Queue the join of a film after its last part; drop its other parts after a failure."""
        if piece.number is None:
            return
        key = id(piece.film)
        if outcome.state != "made":
            left = [other for other in self._waiting if other.film is not piece.film]
            self._waiting = deque(left)
            return
        self._parts[key] -= 1
        if not self._parts[key]:
            self._waiting.appendleft(Piece(piece.film, None, 0, joins=True))

    def _make(self, piece: Piece) -> Outcome:
        outcome = Outcome("stopped")
        for attempt in range(1, ATTEMPTS + 1):
            try:
                piece.film.attempts = max(piece.film.attempts, attempt)
                task = self._begin(piece)
                with self._changed:
                    self._running[id(piece)] = task
                if self._stopping.is_set():
                    return Outcome("stopped")
                outcome = task.run(
                    lambda done, total, stage: self.events.put((piece, done, stage, None))
                )
            except PhospheneError as error:
                outcome = Outcome("failed", error.advice)
            except Exception as error:  # does not affect other pieces
                outcome = Outcome("failed", f"{type(error).__name__}: {error}")
            if outcome.state != "lost" or self._stopping.is_set():
                break
        return outcome


class _Tracker:
    """Tracks the progress of films from the events of their pieces."""

    def __init__(self, pieces: Iterable[Piece], show: Show, ended: Ended) -> None:
        self.show, self._ended = show, ended
        self._pieces: dict[int, list[Piece]] = {}
        for piece in pieces:
            self._pieces.setdefault(id(piece.film), []).append(piece)
        self._kept = {
            key: own[0].film.done - sum(piece.done for piece in own)
            for key, own in self._pieces.items()
        }
        self._figures: dict[int, Figures] = {}

    def update(self, piece: Piece, done: int, stage: str, outcome: Outcome | None) -> None:
        """Take an event: the progress of a piece, or its outcome."""
        film, key = piece.film, id(piece.film)
        if film.state != "waiting":  # another part of it has failed
            return
        if not piece.joins:
            if outcome is None:
                piece.done = done
            elif outcome.state == "made":
                piece.done = piece.frames
            film.done = self._kept[key] + sum(one.done for one in self._pieces[key])
        if outcome is None:
            self.show(film, stage)
            return
        film.seconds += outcome.seconds
        if outcome.figures is not None and not piece.joins:
            self._figures[key] = outcome.figures
        if outcome.state == "made":
            if piece.number is not None:
                self.show(film, "painting")
                return
            film.done = film.frames
        film.state = "failed" if outcome.state == "lost" else outcome.state
        film.error = outcome.error
        if piece.number is not None and outcome.error:
            film.error = f"part {piece.number + 1}: {outcome.error}"
        self._ended(film, replace(outcome, figures=self._figures.get(key)))
        self.show(film, "ended")
