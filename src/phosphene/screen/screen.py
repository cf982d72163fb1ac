"""Turns painted frames into those of the film, by interpolation, upscaling or both."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction

import numpy as np

from phosphene.errors import ProjectError
from phosphene.painting.motion.step import Matrix, step_matrix
from phosphene.score.score import Score
from phosphene.screen.flow import Picture, extrapolate, interpolate
from phosphene.screen.upscalers import UpscalerSpec, load_upscaler

RISES = 0.1  # rise of strength or renewal from which a repaint is not interpolated


def film_rate(fps: Fraction, interpolate: Fraction | None) -> Fraction:
    """The frame rate of a film that is painted at `fps`.

    Raises
    ------
    ProjectError
        If it is lower than `fps`.
    """
    if interpolate is not None and interpolate < fps:
        raise ProjectError(
            f"video.interpolate is {float(interpolate):g}, and the film is painted at "
            f"{float(fps):g} frames per second",
            f"Omit it, or paint fewer frames: --fps {float(interpolate / 4):g}",
        )
    return interpolate or fps


class Screen:
    """Turns painted frames into those of the film, for `phosphene.film.Film`.

    Painted frame i is shown unchanged at its time i / fps. The frames of the film between painted
    frames i - 1 and i belong to frame i, so that they depend on nothing later.

    Parameters
    ----------
    score : Score
        For the camera's motion and the starts of scenes.
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
        self._upscale = None if upscaler is None else load_upscaler(upscaler, factor)
        self._ratio = fps / score.fps
        self.fps, self.width, self.height = fps, score.width * factor, score.height * factor

    @property
    def interpolates(self) -> bool:
        """Whether a frame of the film can depend on the previous painted frame."""
        return self._ratio != 1

    def count(self, painted: int) -> int:
        """Number of frames of a film with this many painted frames, rounded up."""
        return math.ceil(painted * self._ratio)

    def frames(self, index: int, before: bytes | None, frame: bytes) -> Iterator[bytes]:
        """The frames of the film that are complete with painted frame `index`.

        Parameters
        ----------
        index : int
        before : bytes or None
            The previous painted frame; None for the first, or if it is not needed.
        frame : bytes
            Raw RGB, as the frames that are yielded.
        """
        if before is not None and self.interpolates:
            shares = self._shares(index - 1, math.floor(index * self._ratio))
            fractional = [share for share in shares if share < 1]
            first, second = self._picture(before), self._picture(frame)
            yield from self._enlarged(self._between(index, first, second, fractional))
            if len(fractional) == len(shares):
                return
        yield from self._enlarged([self._picture(frame)])

    def after(self, index: int, frame: bytes) -> Iterator[bytes]:
        """The frames of the film after the last painted frame, extrapolated along the camera."""
        shares = self._shares(index, self.count(index + 1) - 1)
        if shares:
            yield from self._enlarged(extrapolate(self._picture(frame), self._step(index), shares))

    def _shares(self, index: int, last: int) -> list[float]:
        """The distances of the film's frames up to `last` from painted frame `index`."""
        first = math.floor(index * self._ratio) + 1
        return [float(number / self._ratio - index) for number in range(first, last + 1)]

    def _between(
        self, index: int, before: Picture, frame: Picture, shares: list[float]
    ) -> Iterable[Picture]:
        if self._cuts(index):
            return extrapolate(before, self._step(index - 1), shares)
        if self._rises(index):
            return extrapolate(before, self._step(index), shares)
        return interpolate(before, frame, self._step(index), shares)

    def _step(self, index: int) -> Matrix:
        if index == 0:
            return np.eye(3)
        return step_matrix(self._score.row(index), self._score.width, self._score.height)

    def _cuts(self, index: int) -> bool:
        """Whether there is a cut before this frame."""
        old, new = self._score.seen(index - 1), self._score.seen(index)
        return not set(old) & set(new) and self._score.scenes[new[-1]].origin != old[-1]

    def _rises(self, index: int) -> bool:
        """Whether this frame is repainted more than the previous one, as on a beat."""
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
