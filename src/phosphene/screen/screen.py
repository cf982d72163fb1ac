"""The frames of a film, made of those that are painted: more of them, larger ones, or both."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction

import numpy as np

from phosphene.errors import ProjectError
from phosphene.painting.motion.step import Matrix, step_matrix
from phosphene.score.score import Score
from phosphene.screen.flow import Picture, between, onward
from phosphene.screen.upscalers import UpscalerSpec, loaded

RISES = 0.1  # of strength or renewal, from which a repaint is shown in its own frame and not before


def film_rate(fps: Fraction, interpolate: Fraction | None) -> Fraction:
    """The frame rate of a film that is painted at `fps`.

    Raises
    ------
    ProjectError
        If it is painted faster than it is shown.
    """
    if interpolate is not None and interpolate < fps:
        raise ProjectError(
            f"video.interpolate is {float(interpolate):g}, and the film is painted at "
            f"{float(fps):g} frames per second",
            f"Leave it out, or paint fewer: --fps {float(interpolate / 4):g}",
        )
    return interpolate or fps


class Screen:
    """Makes the frames of a film of the frames that are painted, for `phosphene.film.Film`.

    Painted frame i is shown unchanged from its time i / fps on. The frames of the film between
    painted frames i - 1 and i belong to frame i, so that they depend on nothing later.

    Parameters
    ----------
    score : Score
        Says how the camera moves, and where scenes begin.
    fps : Fraction
        Frames per second of the film; at least those of the Score.
    factor : int
        How many times larger the frames of the film are.
    upscaler : UpscalerSpec or None
        What enlarges them; None if `factor` is 1. It is loaded at once.
    """

    def __init__(
        self, score: Score, fps: Fraction, factor: int = 1, upscaler: UpscalerSpec | None = None
    ) -> None:
        self._score = score
        self._upscale = None if upscaler is None else loaded(upscaler, factor)
        self._ratio = fps / score.fps
        self.fps, self.width, self.height = fps, score.width * factor, score.height * factor

    @property
    def interpolates(self) -> bool:
        """Whether a frame of the film can depend on the painted frame before."""
        return self._ratio != 1

    def count(self, painted: int) -> int:
        """Number of frames of a film of so many painted frames: its length, rounded up."""
        return math.ceil(painted * self._ratio)

    def frames(self, index: int, before: bytes | None, frame: bytes) -> Iterator[bytes]:
        """The frames of the film that are complete with painted frame `index`.

        Parameters
        ----------
        index : int
        before : bytes or None
            The painted frame before it; None for the first, and where none is needed.
        frame : bytes
            Raw RGB, as the frames that are yielded.
        """
        if before is not None and self.interpolates:
            shares = self._shares(index - 1, math.floor(index * self._ratio))
            whole = [share for share in shares if share < 1]
            one, two = self._picture(before), self._picture(frame)
            yield from self._enlarged(self._between(index, one, two, whole))
            if len(whole) == len(shares):
                return
        yield from self._enlarged([self._picture(frame)])

    def after(self, index: int, frame: bytes) -> Iterator[bytes]:
        """The frames of the film after the last painted frame: it moves on with the camera."""
        shares = self._shares(index, self.count(index + 1) - 1)
        if shares:
            yield from self._enlarged(onward(self._picture(frame), self._step(index), shares))

    def _shares(self, index: int, last: int) -> list[float]:
        """How far the frames of the film up to `last` are from painted frame `index`."""
        first = math.floor(index * self._ratio) + 1
        return [float(number / self._ratio - index) for number in range(first, last + 1)]

    def _between(
        self, index: int, before: Picture, frame: Picture, shares: list[float]
    ) -> Iterable[Picture]:
        if self._cuts(index):
            return onward(before, self._step(index - 1), shares)
        if self._rises(index):
            return onward(before, self._step(index), shares)
        return between(before, frame, self._step(index), shares)

    def _step(self, index: int) -> Matrix:
        if index == 0:
            return np.eye(3)
        return step_matrix(self._score.row(index), self._score.width, self._score.height)

    def _cuts(self, index: int) -> bool:
        """Whether a scene begins in this frame with another picture."""
        old, new = self._score.seen(index - 1), self._score.seen(index)
        return not set(old) & set(new) and self._score.scenes[new[-1]].origin != old[-1]

    def _rises(self, index: int) -> bool:
        """Whether this frame is repainted more than the one before, as on a beat."""
        rows = [self._score.row(i) for i in (index - 1, index)]
        return rows[1].diffuses and any(
            rows[1].channels[name] - rows[0].channels[name] > RISES
            for name in ("strength", "renewal")
        )

    def _picture(self, frame: bytes) -> Picture:
        shape = self._score.height, self._score.width, 3
        return np.frombuffer(frame, np.uint8).reshape(shape)

    def _enlarged(self, pictures: Iterable[Picture]) -> Iterator[bytes]:
        for picture in pictures:
            yield (picture if self._upscale is None else self._upscale(picture)).tobytes()
