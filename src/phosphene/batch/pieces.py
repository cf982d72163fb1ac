"""The tasks of a batch: rendering films, or painting parts of films and joining them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from phosphene.batch.plan import Figures, Film, longest_first, seconds_left
from phosphene.film.parts import PartFile
from phosphene.score.parts import parts_of

if TYPE_CHECKING:
    from phosphene.score.score import Score

UNKNOWN = Figures(1.0, 0.0)  # for a kind of film that could not be measured


@dataclass(eq=False)
class Piece:
    """What one task renders.

    Attributes
    ----------
    film : Film
    number : int or None
        Number of the part; None for an entire film, painted or joined.
    frames, done : int
        Frames to paint, and those already painted.
    joins : bool
        Whether the film is joined from its parts.
    """

    film: Film
    number: int | None
    frames: int
    done: int = 0
    joins: bool = False

    @property
    def target(self) -> Path:
        """The output file."""
        film = self.film
        if self.number is None:
            return film.target
        return PartFile(film.target, film.fingerprint, self.number).path

    @property
    def name(self) -> str:
        """Name of the film, with the number of the part from 1; for the log."""
        name = self.film.target.name
        return name if self.number is None else f"{name}.part-{self.number + 1}"

    @property
    def arguments(self) -> list[str]:
        """Additional arguments of `phosphene render`."""
        if self.number is not None:
            return [f"--part={self.number}"]
        return ["--join"] * self.joins

    def left(self, figures: Mapping[str, Figures]) -> float:
        """Estimated seconds until it is complete."""
        speed = figures.get(self.film.kind, UNKNOWN)
        return speed.loading + speed.frame * (self.frames - self.done)


def pieces_of(films: Sequence[Film], figures: Mapping[str, Figures], workers: int) -> list[Piece]:
    """The remaining pieces, group by group, longest first.

    A film that was started in parts stays in parts, and one that was started in one piece stays in
    one. Of the others, the longest are split if that completes the batch earlier.

    Parameters
    ----------
    films : sequence of Film
    figures : mapping of str to Figures
    workers : int
        Number of pieces that are rendered at a time.
    """
    waiting = longest_first(films, figures)
    in_parts = [film for film in waiting if any(film.painted)]
    in_one = [film for film in waiting if not any(film.painted)]
    splittable = [film for film in in_one if len(film.parts) > 1 and not film.done]
    best: tuple[float, list[Piece]] | None = None
    count = 0
    while True:
        split = {id(film) for film in (*in_parts, *splittable[:count])}
        pieces = [
            piece
            for film in waiting
            for piece in (_parts(film) if id(film) in split else [_in_one(film)])
        ]
        pieces.sort(key=lambda piece: -piece.left(figures))
        groups = [piece.film.group for piece in pieces]
        pieces.sort(key=lambda piece: groups.index(piece.film.group))  # one model at a time
        seconds = seconds_of(pieces, figures, workers)
        if best is None or seconds < best[0]:
            best = seconds, pieces
        if count >= len(splittable) or workers == 1:
            return best[1]
        count = min(2 * count or 1, len(splittable))


def useful_jobs(score: Score) -> int:
    """How many parts of a film to paint at a time at most: with more, none ends earlier."""
    lengths = [len(part.rows) for part in parts_of(score)]
    return -(-sum(lengths) // max(lengths))


def seconds_of(pieces: Sequence[Piece], figures: Mapping[str, Figures], workers: int) -> float:
    """Estimated seconds for some pieces; joining is assumed to take as long as loading."""
    joined = {piece.film.kind for piece in pieces if piece.number is not None}
    after = max((figures.get(kind, UNKNOWN).loading for kind in joined), default=0.0)
    return seconds_left((piece.left(figures) for piece in pieces), workers) + after


def _in_one(film: Film) -> Piece:
    return Piece(film, None, film.frames, film.done)


def _parts(film: Film) -> Iterator[Piece]:
    left = [number for number, frames in enumerate(film.parts) if film.painted[number] < frames]
    for number in left:
        yield Piece(film, number, film.parts[number], film.painted[number])
    if not left:
        yield Piece(film, None, 0, joins=True)
