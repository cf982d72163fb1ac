"""A silent film in segments of a fixed length, so that a killed render can resume.

A segment is encoded while its frames arrive; its raw frames are kept until it is complete.
Segments and their encoding begin at the same frames in every run, so an interrupted film is
identical, to the bit, to an uninterrupted one. Every frame and segment has a digest, so damage is
detected.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import IO, Protocol

from phosphene.errors import FilmError
from phosphene.film.checksums import FRAMES, SEGMENTS, FrameSums, SegmentSums
from phosphene.film.encoder import FIXES, Encoder
from phosphene.own_files import clear_own, open_own, replace_own, state_files

LIST = "segments.txt"
AGAIN = "Check the disk, then run the same command again."


class Screen(Protocol):
    """Turns painted frames into those of the film: `phosphene.screen.screen.Screen`."""

    width: int
    height: int
    fps: Fraction

    @property
    def interpolates(self) -> bool:
        """Whether a frame of the film can depend on the previous painted frame."""
        ...

    def count(self, painted: int) -> int:
        """Number of frames of a film with this many painted frames."""
        ...

    def frames(self, index: int, before: bytes | None, frame: bytes) -> Iterator[bytes]:
        """The frames of the film that are complete with a painted frame."""
        ...

    def after(self, index: int, frame: bytes) -> Iterator[bytes]:
        """The frames of the film after the last painted frame."""
        ...


class Segments:
    """The segments of an unfinished film.

    Parameters
    ----------
    folder : Path
        Their folder, which must exist.
    length : int
        Frames per segment, except the last.
    size : int
        Bytes per raw frame.
    command : callable
        command(path) returns the ffmpeg command that encodes raw frames to a segment at `path`.
    screen : Screen or None
        Makes the frames that are encoded; everything else here refers to painted frames. If it
        interpolates, the raw frames of a segment start with the last one of the previous segment.
    """

    def __init__(
        self,
        folder: Path,
        length: int,
        size: int,
        command: Callable[[Path], list[str]],
        screen: Screen | None = None,
    ) -> None:
        self._screen, self._before = screen, b""
        self._lead = int(screen is not None and screen.interpolates)
        self.folder, self.length, self.count = folder, length, 0
        self._size, self._command = size, command
        self._frames, self._sums = FrameSums(folder), SegmentSums(folder)
        # The name of ffmpeg's output is unique to this run, because the ffmpeg of a killed run may
        # still write for a moment.
        self._run = secrets.token_hex(4)
        self._encoder: Encoder | None = None
        self._raw: IO[bytes] | None = None
        self._closing: Future[None] | None = None
        self._pool = ThreadPoolExecutor(1)

    @property
    def full(self) -> bool:
        """Whether the next frame starts a segment, which removes the last one's raw frames."""
        return self.count % self.length == 0

    def holds(self, count: int, ends: bool = False) -> bool:
        """Whether an earlier run left the first `count` frames intact, encoded or raw.

        If the film `ends` there, the screen may add to its last segment, which must then be raw.
        """
        added = count - 1 if ends and self._lead else count
        return all(
            self._encoded(first, added) or self._raw_frames(first, count)
            for first in range(0, count, self.length)
        )

    def needed(self, count: int) -> list[str]:
        """Names of the files that contain the first `count` frames."""
        names = [FRAMES, SEGMENTS]
        for first in range(0, count, self.length):
            names.append(self._path(first, ".mp4" if self._encoded(first, count) else ".rgb").name)
        return names

    def restore(self, count: int, before: bytes = b"") -> None:
        """Continue after `count` frames: keep complete segments, and encode raw frames again.

        Everything after them is removed.

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
        self._drop(count)
        self._frames.truncate(count)
        for first in range(0, count, self.length):
            needed = min(self.length, count - first)
            if self._encoded(first, count):
                self.count += needed
                continue
            encoder, raw = self._begin(new=False)
            self._before = raw.read(self._size) if self._lead and first else b""
            for _ in range(needed):
                self._encode(encoder, raw.read(self._size))
            raw.truncate()
        self._before = before or self._before

    def put(self, frame: bytes) -> None:
        """Add a raw frame; returns when it is written to disk and queued.

        Raises
        ------
        FilmError
            If ffmpeg or the disk fails.
        """
        if self._encoder is None or self._raw is None or self.full:
            self._begin(new=True)
        assert self._encoder is not None
        assert self._raw is not None
        try:
            _write(self._raw, frame)
            self._frames.write(self.count, frame)
        except OSError as error:
            first = self.count // self.length * self.length
            raise unwritten(str(self._path(first, ".rgb")), error) from error
        self._encode(self._encoder, frame)

    def finish(self) -> Path:
        """Wait until all segments are complete; return their list for ffmpeg's concat demuxer.

        Raises
        ------
        FilmError
            If ffmpeg or the disk fails, or a segment was damaged since it was written.
        """
        longer = False
        if self._encoder is not None and self._screen is not None:
            end = list(self._screen.after(self.count - 1, self._before))
            self._encoder.put(end)
            longer = bool(end)
        self._rotate(longer)
        self._wait()
        firsts = range(0, self.count, self.length)
        paths = [self._path(first, self._ending(first, longer)) for first in firsts]
        for path in paths:
            if not self._sums.is_intact(path):
                raise FilmError(
                    f"{path} was damaged or removed since it was written.",
                    "Check the disk, then run the same command again, which paints it again.",
                )
        listed = self.folder / LIST
        replace_own(listed, "".join(f"file '{path.name}'\n" for path in paths).encode())
        return listed

    def kill(self) -> None:
        """Stop at once; keep complete segments, and the raw frames of the others."""
        if self._encoder is not None:
            self._encoder.kill()
        if self._raw is not None:
            self._raw.close()
        self._pool.shutdown(wait=True)

    def clear(self) -> None:
        """Remove all files of the film from the folder."""
        clear_own(self.folder)

    def _encoded(self, first: int, count: int) -> bool:
        return count - first >= self.length and self._sums.holds(self._path(first))

    def _raw_frames(self, first: int, count: int) -> bool:
        raw, lead = self._path(first, ".rgb"), self._lead if first else 0
        needed = min(self.length, count - first) + lead
        return self._frames.holds(first - lead, needed, raw, self._size)

    def _path(self, first: int, ending: str = ".mp4") -> Path:
        return self.folder / f"segment-{first // self.length:05d}{ending}"

    def _ending(self, first: int, longer: bool) -> str:
        # The last segment may be short, or longer by what the screen adds at the end of the film;
        # it must not be mistaken for a segment of a longer film.
        left = self.count - first - longer
        return ".mp4" if left >= self.length else ".short.mp4"

    def _encode(self, encoder: Encoder, frame: bytes) -> None:
        if self._screen is None:
            encoder.put([frame])
        else:
            encoder.put(self._screen.frames(self.count, self._before or None, frame))
            self._before = frame
        self.count += 1

    def _begin(self, new: bool) -> tuple[Encoder, IO[bytes]]:
        self._rotate()
        raw = self._path(self.count, ".rgb")
        flags = os.O_CREAT | os.O_TRUNC if new else 0
        try:
            self._raw = os.fdopen(open_own(raw, os.O_RDWR | flags), "r+b", buffering=0)
            if new and self._lead and self.count:
                _write(self._raw, self._before)
        except OSError as error:
            raise unwritten(str(raw), error) from error
        self._encoder = Encoder(self._command(self._path(self.count, f".{self._run}.part.mp4")))
        return self._encoder, self._raw

    def _rotate(self, longer: bool = False) -> None:
        """Finish the full segment in the background; see `_ending` for `longer`."""
        self._wait()
        if self._encoder is None or self._raw is None:
            return
        first = (self.count - 1) // self.length * self.length
        part = self._path(first, f".{self._run}.part.mp4")
        path = self._path(first, self._ending(first, longer))
        self._closing = self._pool.submit(_close, self._encoder, self._raw, part, path, self._sums)
        self._encoder = self._raw = None

    def _wait(self) -> None:
        if self._closing is not None:
            closing, self._closing = self._closing, None
            closing.result()

    def _drop(self, count: int) -> None:
        kept = {self._path(first).name for first in range(0, count - self.length + 1, self.length)}
        kept |= {self._path(first, ".rgb").name for first in range(0, count, self.length)}
        for path in state_files(self.folder):
            if path.name.startswith("segment-") and path.name not in kept:
                path.unlink(missing_ok=True)


def _close(encoder: Encoder, raw: IO[bytes], part: Path, path: Path, sums: SegmentSums) -> None:
    with raw:
        try:
            encoder.finish()
        except FilmError:
            encoder.kill()
            raise
    try:
        with part.open("r+b") as written:
            os.fsync(written.fileno())  # before its raw frames are removed
        sums.write(path, part)
        part.replace(path)
        if path.suffixes == [".mp4"]:  # those of a short last segment are kept
            path.with_suffix(".rgb").unlink()
    except OSError as error:
        raise unwritten(str(path), error) from error


def _write(raw: IO[bytes], frame: bytes) -> None:
    left = memoryview(frame)
    while left:  # on a nearly full disk, write() may be partial
        left = left[raw.write(left) :]


def unwritten(path: str, error: OSError) -> FilmError:
    """The error of a file or folder that cannot be written, with a fix."""
    return FilmError(
        f"{path} cannot be written: {error.strerror}.",
        next((fix for sign, fix in FIXES.items() if sign in str(error)), AGAIN),
    )
