"""A silent film in pieces of a fixed length, so that a killed render goes on where it was.

A segment is encoded while its frames come in, and its raw frames lie beside it until it is whole.
Segments begin at the same frames in every run, and so does their encoding: a film that was
interrupted is the same, to the bit, as one that was not.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO

from phosphene.errors import FilmError
from phosphene.film.encoder import FIXES, Encoder

LIST = "segments.txt"


class Segments:
    """The segments of a film that is being made.

    Parameters
    ----------
    folder : Path
        Where they lie; it is there.
    length : int
        Frames of each but the last.
    size : int
        Bytes of a raw frame.
    command : callable
        command(path) is the ffmpeg command that encodes raw frames to a segment at `path`.
    """

    def __init__(
        self, folder: Path, length: int, size: int, command: Callable[[Path], list[str]]
    ) -> None:
        self.folder, self.length, self.count = folder, length, 0
        self._size, self._command = size, command
        # What ffmpeg writes has a name of this run: that of a run that was killed may still be
        # writing its own for a moment.
        self._run = secrets.token_hex(4)
        self._encoder: Encoder | None = None
        self._raw: IO[bytes] | None = None
        self._closing: Future[None] | None = None
        self._pool = ThreadPoolExecutor(1)

    @property
    def full(self) -> bool:
        """Whether the next frame begins a segment; the last one's raw frames go then."""
        return self.count % self.length == 0

    def holds(self, count: int) -> bool:
        """Whether an earlier run left the first `count` frames, encoded or raw."""
        for first in range(0, count, self.length):
            needed = min(self.length, count - first)
            if needed == self.length and self._path(first).exists():
                continue
            raw = self._path(first, ".rgb")
            if not raw.exists() or raw.stat().st_size < needed * self._size:
                return False
        return True

    def restore(self, count: int) -> None:
        """Go on after `count` frames: whole segments stay, raw frames are encoded again.

        What lies beyond them is removed.

        Raises
        ------
        FilmError
            If ffmpeg or the disk fails.
        """
        self._drop(count)
        for first in range(0, count, self.length):
            needed = min(self.length, count - first)
            if needed == self.length and self._path(first).exists():
                self.count += needed
                continue
            encoder, raw = self._begin("r+b")
            for _ in range(needed):
                encoder.put(raw.read(self._size))
                self.count += 1
            raw.truncate()

    def put(self, frame: bytes) -> None:
        """Add a raw frame; returns when it is on disk and queued.

        Raises
        ------
        FilmError
            If ffmpeg or the disk fails.
        """
        if self._encoder is None or self._raw is None or self.full:
            self._begin("w+b")
        assert self._encoder is not None
        assert self._raw is not None
        try:
            left = memoryview(frame)
            while left:  # a disk that is nearly full takes a part of a frame
                left = left[self._raw.write(left) :]
        except OSError as error:
            raise _unwritten(self._raw.name, error) from error
        self._encoder.put(frame)
        self.count += 1

    def finish(self) -> Path:
        """Wait until all segments are whole; their list, as ffmpeg's concat demuxer reads it."""
        self._rotate()
        self._wait()
        firsts = range(0, self.count, self.length)
        paths = [self._path(first, self._ending(first, self.count)) for first in firsts]
        listed = self.folder / LIST
        listed.write_text("".join(f"file '{path.name}'\n" for path in paths))
        return listed

    def kill(self) -> None:
        """End at once; what is whole stays, and the raw frames of what is not."""
        if self._encoder is not None:
            self._encoder.kill()
        if self._raw is not None:
            self._raw.close()
        self._pool.shutdown(wait=True)

    def clear(self) -> None:
        """Remove the folder with all that is in it."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, first: int, ending: str = ".mp4") -> Path:
        return self.folder / f"segment-{first // self.length:05d}{ending}"

    def _ending(self, first: int, count: int) -> str:
        # The film's end may be short: never to be taken for a whole segment of a longer film.
        return ".mp4" if count - first >= self.length else ".short.mp4"

    def _begin(self, mode: str) -> tuple[Encoder, IO[bytes]]:
        self._rotate()
        raw = self._path(self.count, ".rgb")
        try:
            self._raw = raw.open(mode, buffering=0)
        except OSError as error:
            raise _unwritten(str(raw), error) from error
        self._encoder = Encoder(self._command(self._path(self.count, f".{self._run}.part.mp4")))
        return self._encoder, self._raw

    def _rotate(self) -> None:
        """Let the full segment be finished beside the work on the next one."""
        self._wait()
        if self._encoder is None or self._raw is None:
            return
        first = (self.count - 1) // self.length * self.length
        part = self._path(first, f".{self._run}.part.mp4")
        path = self._path(first, self._ending(first, self.count))
        self._closing = self._pool.submit(_close, self._encoder, self._raw, part, path)
        self._encoder = self._raw = None

    def _wait(self) -> None:
        if self._closing is not None:
            closing, self._closing = self._closing, None
            closing.result()

    def _drop(self, count: int) -> None:
        kept = {self._path(first).name for first in range(0, count - self.length + 1, self.length)}
        kept |= {self._path(first, ".rgb").name for first in range(0, count, self.length)}
        for path in self.folder.glob("segment-*"):
            if path.name not in kept:
                path.unlink(missing_ok=True)


def _close(encoder: Encoder, raw: IO[bytes], part: Path, path: Path) -> None:
    with raw:
        try:
            encoder.finish()
        except FilmError:
            encoder.kill()
            raise
    try:
        with part.open("rb") as written:
            os.fsync(written.fileno())  # before its raw frames go
        part.rename(path)
        if path.suffixes == [".mp4"]:  # those of a short end stay: until the film has its name
            Path(raw.name).unlink()
    except OSError as error:
        raise _unwritten(str(path), error) from error


def _unwritten(path: str, error: OSError) -> FilmError:
    return FilmError(
        f"{path} can not be written: {error.strerror}.",
        FIXES.get(str(error.strerror), "Check the disk, then give the same command again."),
    )
