"""A film: encodes frames into a file that appears under its name only when complete."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from fractions import Fraction
from functools import partial
from pathlib import Path
from types import TracebackType

import numpy as np

from phosphene.errors import FilmError
from phosphene.film.encoder import Encoder
from phosphene.film.ffmpeg import count_command, film_command, segment_command
from phosphene.film.formats import FilmFormat, format_of
from phosphene.film.mark import require_replaceable, stamp
from phosphene.film.record import Record, as_metadata
from phosphene.film.segments import Screen, Segments, unwritten
from phosphene.film.sound import Soundtrack
from phosphene.own_files import make_folder, remove_if_bare, replace_own

SEGMENT = 4  # seconds; one key frame per segment also allows seeking
METADATA = "metadata.txt"
LONGEST = 255  # bytes in a file name


def beside(film: Path, ending: str) -> Path:
    """A hidden folder next to a film, such as `.film.mp4.resume`; shortened if too long.

    Parameters
    ----------
    film : Path
    ending : str
        Suffix of the folder's name.
    """
    name = os.fsencode(film.name)
    if len(name) + len(ending) + 1 > LONGEST:
        short = name[:100].decode(errors="ignore")
        return film.with_name(f".{short}-{hashlib.sha256(name).hexdigest()[:16]}{ending}")
    return film.with_name(f".{film.name}{ending}")


class Film:
    """A film being made; a context manager.

    Segments are written to a folder next to the film. The film gets its name when it is complete;
    an older film stays in place until then. If an exception leaves the block, including Ctrl-C, the
    segments are removed, unless `folder` is given: then they stay for a later resume, and the
    caller removes them.

    Parameters
    ----------
    path : Path
        The output file: .mp4, .mov, .mkv, .webm or .gif.
    width, height : int
        Size in pixels.
    fps : Fraction
        Frames per second; frame i is shown from i/fps to (i+1)/fps.
    sound : Soundtrack or None
        The soundtrack, starting with the first frame.
    frames : int or None
        Expected number of frames; any other number is an error.
    crf : int or None
        Constant rate factor, lower is better and larger; None uses the format's default.
    folder : Path or None
        Folder for the segments; nothing in it is removed at the end.
    form : FilmFormat or None
        The film's format; None chooses it by the file name's ending.
    force : bool
        Replace an existing file even if Phosphene did not make it.
    seconds : Fraction or None
        Cut the joined film at this length.
    record : Record or None
        How the film was made, for its metadata.
    screen : Screen or None
        Turns the written frames, of the size and fps above, into those of the film:
        `phosphene.screen.screen.Screen`.

    Examples
    --------
    >>> with Film(Path("out.mp4"), 512, 512, Fraction(15), Soundtrack(Path("song.flac"))) as film:
    ...     for frame in frames:  # uint8, shape (512, 512, 3), RGB
    ...         film.write(frame)
    """

    def __init__(
        self,
        path: Path,
        width: int,
        height: int,
        fps: Fraction,
        sound: Soundtrack | None = None,
        frames: int | None = None,
        crf: int | None = None,
        folder: Path | None = None,
        form: FilmFormat | None = None,
        force: bool = False,
        seconds: Fraction | None = None,
        record: Record | None = None,
        screen: Screen | None = None,
    ) -> None:
        self.path, self.fps = path, fps
        self.frames = frames
        self._keep = folder is not None
        folder = folder or beside(path, ".parts")
        self.shape = (height, width, 3)
        self._sound, self._force, self._seconds = sound, force, seconds
        self._record = record
        self._form = form or format_of(path)
        self._screen = screen
        if screen is not None:
            width, height, fps = screen.width, screen.height, screen.fps
        encode = partial(segment_command, self._form, width=width, height=height, fps=fps, crf=crf)
        self._segments = Segments(
            folder,
            max(1, round(SEGMENT * self.fps)),
            int(np.prod(self.shape)),
            lambda segment: encode(segment=segment),
            screen,
        )
        self._part = folder / f"joined{path.suffix}"

    def __enter__(self) -> Film:
        try:
            make_folder(self._segments.folder)
        except OSError as error:
            raise unwritten(str(self._segments.folder), error) from error
        return self

    @property
    def written(self) -> int:
        """Number of frames so far, including those of an earlier run."""
        return self._segments.count

    @property
    def full(self) -> bool:
        """Whether a segment was just filled, so that the state after this frame must be saved."""
        return self._segments.full

    def holds(self, count: int) -> bool:
        """Whether the folder contains the first `count` frames of an earlier run, intact."""
        return self._segments.holds(count, count == self.frames)

    def needed(self, count: int) -> list[str]:
        """Names of the files in the folder that contain the first `count` frames."""
        return self._segments.needed(count)

    def resume(self, count: int, before: bytes = b"") -> None:
        """Resume after the first `count` frames of an earlier run, which the folder `holds`.

        Parameters
        ----------
        count : int
        before : bytes
            The last of these frames, if the screen interpolates.

        Raises
        ------
        FilmError
            If ffmpeg or the disk fails.
        """
        self._segments.restore(count, before)

    def write(self, frame: np.ndarray) -> None:
        """Add a frame; returns as soon as it is queued, and the array may be reused.

        Parameters
        ----------
        frame : np.ndarray, uint8, shape (height, width, 3)
            RGB.

        Raises
        ------
        FilmError
            If the frame has another shape or type, the disk is full, or ffmpeg has exited.
        """
        if frame.shape != self.shape or frame.dtype != np.uint8:
            raise FilmError(
                f"Frame {self.written} is {frame.dtype} {frame.shape}; this film takes uint8 "
                f"{self.shape}."
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
        except OSError as failure:
            raise FilmError(f"The film cannot be written to {self.path}: {failure}") from failure
        finally:
            self._segments.kill()
            self._part.unlink(missing_ok=True)
            if not self._keep:
                self._segments.clear()
                with suppress(OSError):
                    remove_if_bare(self._segments.folder)

    def _join(self) -> None:
        segments = self._segments.finish()
        self._part.unlink(missing_ok=True)
        if self._sound is not None:
            self._sound.require_unchanged()
        metadata = segments.with_name(METADATA)
        replace_own(metadata, as_metadata(self._record).encode())
        joined = film_command(
            self._form, self._part.name, segments.name, self._sound, metadata.name, self._seconds
        )
        self._run(joined)
        if self._sound is not None:
            self._sound.require_unchanged()
        counted = self._run(count_command(self._part))
        expected = self.written if self._screen is None else self._screen.count(self.written)
        if counted != expected:
            raise FilmError(
                f"{self.path.name} has {counted} of {expected} frames after joining.",
                "Check the disk, then run the same command again.",
            )
        stamp(self._part)
        with self._part.open("r+b") as file:
            os.fsync(file.fileno())  # before its sources are removed
        require_replaceable(self.path, self._force)
        os.replace(self._part, self.path)

    def _run(self, command: list[str]) -> int:
        encoder = Encoder(command, self._segments.folder)
        try:
            encoder.finish()
        finally:
            encoder.kill()
        return encoder.frames

    def _check_count(self) -> None:
        expected = max(1, self.written) if self.frames is None else self.frames
        if self.written != expected:
            raise FilmError(
                f"{self.path.name} got {self.written} frames instead of {expected}.",
                "This is a bug in the program that wrote them.",
            )
