"""A film: frames go in, and a whole file comes out under its name, or none."""

import os
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import numpy as np

from phosphene.errors import FilmError
from phosphene.film.command import command
from phosphene.film.encoder import Encoder
from phosphene.film.sound import Sound


class Film:
    """A film being made; a context manager.

    It grows under a hidden name beside its own (``.name.part.mp4``) and takes its own when whole;
    until then an older film stays there. Leaving the block by an exception, Ctrl-C too, removes
    what was written.

    Parameters
    ----------
    path : Path
        Where the film will be: .mp4, .mov, .mkv, .webm or .gif.
    width, height : int
        Size in pixels.
    fps : Fraction
        Frames per second; frame i is shown from i/fps to (i+1)/fps.
    sound : Sound or None
        What is heard, from the first frame on.
    frames : int or None
        How many frames it will have; if given, a film of another number is an error.
    crf : int or None
        Constant rate factor, lower is better and larger; None takes the format's own.

    Examples
    --------
    >>> with Film(Path("out.mp4"), 512, 512, Fraction(15), Sound(Path("song.flac"))) as film:
    ...     for frame in frames:  # uint8, shape (512, 512, 3), RGB
    ...         film.write(frame)
    """

    def __init__(
        self,
        path: Path,
        width: int,
        height: int,
        fps: Fraction,
        sound: Sound | None = None,
        frames: int | None = None,
        crf: int | None = None,
    ) -> None:
        self.path = path
        self.frames = frames
        self.written = 0
        self._shape = (height, width, 3)
        self._part = path.with_name(f".{path.stem}.part{path.suffix}")
        self._command = command(self._part, width, height, fps, sound, crf)

    def __enter__(self) -> "Film":
        self._encoder = Encoder(self._command)
        return self

    def write(self, frame: np.ndarray) -> None:
        """Add a frame; returns as soon as it is queued, and the array may be used again.

        Parameters
        ----------
        frame : np.ndarray, uint8, shape (height, width, 3)
            RGB.

        Raises
        ------
        FilmError
            If the frame is of another shape or type, or ffmpeg has ended.
        """
        if frame.shape != self._shape or frame.dtype != np.uint8:
            raise FilmError(
                f"Frame {self.written} is {frame.dtype} {frame.shape}; this film takes uint8 "
                f"{self._shape}."
            )
        self._encoder.put(frame.tobytes())
        self.written += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._check_count()
                self._encoder.finish()
                os.replace(self._part, self.path)
        except OSError as wrong:
            raise FilmError(f"{self.path} can not take its name: {wrong}") from wrong
        finally:
            self._encoder.kill()
            self._part.unlink(missing_ok=True)

    def _check_count(self) -> None:
        expected = max(1, self.written) if self.frames is None else self.frames
        if self.written != expected:
            raise FilmError(
                f"{self.path.name} got {self.written} frames instead of {expected}.",
                "This is a fault of the program that wrote them.",
            )
