"""A film: frames go in, and a whole file comes out under its name, or none."""

from __future__ import annotations

import os
from fractions import Fraction
from functools import partial
from pathlib import Path
from types import TracebackType

import numpy as np

from phosphene.errors import FilmError
from phosphene.film.command import film_command, segment_command
from phosphene.film.encoder import Encoder
from phosphene.film.segments import Segments
from phosphene.film.sound import Sound

SEGMENT = 4  # seconds; a key frame each is good for seeking too


class Film:
    """A film being made; a context manager.

    It grows in segments in a folder beside its own name and takes that name when whole; until then
    an older film stays there. Leaving the block by an exception, Ctrl-C too, removes what was
    written, unless `folder` is given: then it stays there, to be resumed, and it is the caller's
    to remove.

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
    folder : Path or None
        Where the film grows; nothing in it is removed at the end.

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
        folder: Path | None = None,
    ) -> None:
        self.path, self.fps = path, fps
        self.frames = frames
        self._keep = folder is not None
        folder = folder or path.with_name(f".{path.name}.parts")
        self._shape = (height, width, 3)
        self._sound = sound
        encode = partial(segment_command, path, width=width, height=height, fps=fps, crf=crf)
        self._segments = Segments(
            folder,
            max(1, round(SEGMENT * fps)),
            int(np.prod(self._shape)),
            lambda segment: encode(segment=segment),
        )
        self._part = folder / f"joined{path.suffix}"

    def __enter__(self) -> Film:
        self._segments.folder.mkdir(parents=True, exist_ok=True)
        return self

    @property
    def written(self) -> int:
        """Number of frames so far, with those of an earlier run."""
        return self._segments.count

    @property
    def full(self) -> bool:
        """Whether a segment has just been filled: what resumes after this frame must be saved."""
        return self._segments.full

    def holds(self, count: int) -> bool:
        """Whether the first `count` frames of an earlier run lie in the same folder."""
        return self._segments.holds(count)

    def resume(self, count: int) -> None:
        """Go on after the first `count` frames of an earlier run, which the folder `holds`.

        Raises
        ------
        FilmError
            If ffmpeg or the disk fails.
        """
        self._segments.restore(count)

    def write(self, frame: np.ndarray) -> None:
        """Add a frame; returns as soon as it is queued, and the array may be used again.

        Parameters
        ----------
        frame : np.ndarray, uint8, shape (height, width, 3)
            RGB.

        Raises
        ------
        FilmError
            If the frame is of another shape or type, the disk is full, or ffmpeg has ended.
        """
        if frame.shape != self._shape or frame.dtype != np.uint8:
            raise FilmError(
                f"Frame {self.written} is {frame.dtype} {frame.shape}; this film takes uint8 "
                f"{self._shape}."
            )
        self._segments.put(frame.tobytes())

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._check_count()
                self._join()
        except OSError as wrong:
            raise FilmError(f"{self.path} can not take its name: {wrong}") from wrong
        finally:
            self._segments.kill()
            self._part.unlink(missing_ok=True)
            if not self._keep:
                self._segments.clear()

    def _join(self) -> None:
        segments = self._segments.finish()
        joining = Encoder(film_command(self.path, self._part, segments, self._sound))
        try:
            joining.finish()
        finally:
            joining.kill()
        os.replace(self._part, self.path)

    def _check_count(self) -> None:
        expected = max(1, self.written) if self.frames is None else self.frames
        if self.written != expected:
            raise FilmError(
                f"{self.path.name} got {self.written} frames instead of {expected}.",
                "This is a fault of the program that wrote them.",
            )
