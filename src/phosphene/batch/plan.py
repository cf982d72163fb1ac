"""The plan of a batch: its films, what is left of each, and how long that takes."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from phosphene.batch.jobs import Job

State = Literal["waiting", "kept", "made", "failed", "stopped"]
"""Of a film: "kept" was complete before, "stopped" can be resumed."""


@dataclass(frozen=True)
class Figures:
    """The measured speed of a kind of film: seconds for each frame, and before the first one."""

    frame: float
    loading: float


@dataclass
class Film:
    """A film of a batch, and how far it is.

    Attributes
    ----------
    job : Job
    target : Path
        The film, as an absolute path.
    state : str
    frames, done : int
        Painted frames: of the film, and those that are complete.
    fps : float
        As painted.
    first : float
        Where the film begins in the song, in seconds.
    kind : str
        Films of one kind take equally long for a frame: model, quality and size.
    diffuses : bool
        Whether its model needs a GPU to be fast.
    fingerprint : str
        Of all that it depends on.
    files : tuple of str
        The files that its project reads, with those of plugins, as absolute paths.
    parts, painted : tuple of int
        Frames of each part that can be painted by itself, and those that are complete.
    size, room : float
        Bytes of the film, and of all its files while it is rendered; estimated.
    seconds : float
        That its render took; 0 if unknown.
    error : str
        Why it failed.
    attempts : int
        How often its render was started, or that of a part.
    log : str
        Name of the file with the messages of its last render, or of that of a part.
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

    def left(self, figures: Mapping[str, Figures]) -> float:
        """Seconds until it is complete; 0 if its kind has not been measured."""
        found = figures.get(self.kind)
        if found is None or self.state != "waiting":
            return 0.0
        return found.loading + found.frame * (self.frames - self.done)


def longest_first(films: Iterable[Film], figures: Mapping[str, Figures]) -> list[Film]:
    """The films that are left to make; a long one that begins last would end alone."""
    waiting = [film for film in films if film.state == "waiting"]
    return sorted(waiting, key=lambda film: (-film.left(figures), -film.frames))


def seconds_left(seconds: Iterable[float], workers: int) -> float:
    """How long films take, in their order, on some workers that each make one at a time.

    Parameters
    ----------
    seconds : iterable of float
        Of each film.
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
    """Bytes that the films which are left need on the disk, with those in work at a time."""
    waiting = [film for film in films if film.state == "waiting"]
    extra = sorted((film.room - film.size for film in waiting), reverse=True)[:workers]
    return sum(film.size for film in waiting) + sum(extra)
