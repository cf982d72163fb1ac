"""The plan of a batch: its films, their progress, and the estimated time."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from phosphene.batch.jobs import Job

State = Literal["waiting", "kept", "made", "failed", "stopped"]
"""The state of a film: "kept" was complete before, "stopped" can be resumed."""


@dataclass(frozen=True)
class Figures:
    """The measured speed of a kind of film: seconds per frame, and before the first one."""

    frame: float
    loading: float


@dataclass
class Film:
    """A film of a batch and its progress.

    Attributes
    ----------
    job : Job
    target : Path
        The film, as an absolute path.
    state : str
    frames, done : int
        Number of painted frames in total, and so far.
    fps : float
        Frame rate of the painted frames.
    first : float
        Start of the film in the song, in seconds.
    kind : str
        Model, quality and size: films of one kind have the same time per frame.
    diffuses : bool
        Whether its model needs a GPU to be fast.
    fingerprint : str
        Digest of everything that it depends on.
    files : tuple of str
        The files that its project reads, with those of plugins, as absolute paths.
    parts, painted : tuple of int
        Frames of each independent part, and those already painted.
    size, room : float
        Estimated bytes of the film, and of all its files during rendering.
    seconds : float
        Duration of its render; 0 if unknown.
    error : str
        Why it failed.
    attempts : int
        Number of attempts, the maximum over its parts.
    log : str
        Name of the log file of its last render, or of a part's.
    group : str
        Films of one group are painted in batches of one model; empty for the others.
    begin : callable or None
        Of a film in a group: begin(piece, log) returns the task that renders a piece.
    """

    job: Job
    target: Path
    state: State = "waiting"
    frames: int = 0
    done: int = 0
    fps: float = 1.0
    first: float = 0.0
    kind: str = ""
    diffuses: bool = False
    fingerprint: str = ""
    files: tuple[str, ...] = ()
    parts: tuple[int, ...] = ()
    painted: tuple[int, ...] = ()
    size: float = 0.0
    room: float = 0.0
    seconds: float = 0.0
    error: str = ""
    attempts: int = 0
    log: str = ""
    group: str = ""
    begin: Callable[[Any, Path], Any] | None = None

    def left(self, figures: Mapping[str, Figures]) -> float:
        """Estimated seconds until it is complete; 0 if its kind has not been measured."""
        speed = figures.get(self.kind)
        if speed is None or self.state != "waiting":
            return 0.0
        return speed.loading + speed.frame * (self.frames - self.done)


def longest_first(films: Iterable[Film], figures: Mapping[str, Figures]) -> list[Film]:
    """The remaining films, longest first, so that no long one is rendered alone at the end."""
    waiting = [film for film in films if film.state == "waiting"]
    return sorted(waiting, key=lambda film: (-film.left(figures), -film.frames))


def seconds_left(seconds: Iterable[float], workers: int) -> float:
    """Estimated seconds for some films, in their order, on a number of workers.

    Parameters
    ----------
    seconds : iterable of float
        Seconds of each film.
    workers : int

    Returns
    -------
    float
        Seconds until the last film is complete: list scheduling (Graham, "Bounds on Multiprocessing
        Timing Anomalies", 1969), at most 4/3 of the optimum if the longest films come first.
    """
    free = [0.0] * workers
    for length in seconds:
        heapq.heapreplace(free, free[0] + length)
    return max(free)


def space_left(films: Sequence[Film], workers: int) -> float:
    """Bytes of disk that the remaining films need, including temporary files of the workers."""
    waiting = [film for film in films if film.state == "waiting"]
    extra = sorted((film.room - film.size for film in waiting), reverse=True)[:workers]
    return sum(film.size for film in waiting) + sum(extra)
