"""A silent film in pieces of a fixed length, so that a killed render goes on where it was.

A segment is encoded while its frames come in, and its raw frames lie beside it until it is whole.
Segments begin at the same frames in every run, and so does their encoding: a film that was
interrupted is the same, to the bit, as one that was not.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO

from phosphene.errors import FilmError
from phosphene.film.encoder import FIXES, Encoder


class Segments:
    """The segments of a film that is being made.

    Parameters
    ----------
    folder : Path
        Where they lie; made if missing.
    length : int
        Frames of each but the last.
    size : int
        Bytes of a raw frame.
    command : callable
        command(path) is the ffmpeg command that encodes raw frames to a segment at `path`.

    Raises
    ------
    FilmError
        If ffmpeg or the disk fails.
    """

    def __init__(
        self, folder: Path, length: int, size: int, command: Callable[[Path], list[str]]
    ) -> None:
        self.folder, self.length, self.count = folder, length, 0
        self._size, self._command = size, command
        self._encoder: Encoder | None = None
        self._raw: IO[bytes] | None = None
        self._closing: Future[None] | None = None
        self._pool = ThreadPoolExecutor(1)
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def full(self) -> bool:
        """Whether the next frame begins a segment; the last one's raw frames go then."""
        return self.count % self.length == 0

    def restore(self, count: int) -> None:
        """Go on after `count` frames: whole segments stay, raw frames are encoded again.

        Raises
        ------
        FilmError
            If the frames are not all there.
        """
        for first in range(0, count, self.length):
            last = min(first + self.length, count)
            if self._path().exists() and last - first == self.length:
                self.count = last
                continue
            raw, old = self._path(".rgb"), self._path(".old")
            try:
                if not old.exists():  # it does where restoring was itself interrupted
                    raw.rename(old)
                with old.open("rb") as frames:
                    while self.count < last and len(frame := frames.read(self._size)) == self._size:
                        self.put(frame)
                old.unlink()
            except OSError as error:
                raise FilmError(f"{raw} can not be read: {error}", self._start_over) from error
            if self.count < last:
                lacking = f"{last - self.count} of {last - first}"
                raise FilmError(f"{raw} lacks frames: {lacking}", self._start_over)

    @property
    def _start_over(self) -> str:
        return f"Remove {self.folder} to start over."

    def put(self, frame: bytes) -> None:
        """Add a raw frame; returns when it is on disk and queued."""
        if self.full:
            self._rotate()
            self._encoder = Encoder(self._command(self._path(".part.mp4")))
            self._raw = self._path(".rgb").open("wb", buffering=0)
        assert self._encoder is not None
        assert self._raw is not None
        try:
            self._raw.write(frame)
        except OSError as error:
            raise FilmError(
                f"{self._raw.name} can not be written: {error.strerror}.",
                FIXES.get(str(error.strerror), "Check the disk, then give the same command again."),
            ) from error
        self._encoder.put(frame)
        self.count += 1

    def finish(self) -> Path:
        """Wait until all segments are whole; their list, as ffmpeg's concat demuxer reads it."""
        self._rotate()
        self._wait()
        names = sorted(path.name for path in self.folder.glob("segment-?????.mp4"))
        listed = self.folder / "segments.txt"
        listed.write_text("".join(f"file '{name}'\n" for name in names))
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

    def _path(self, suffix: str = ".mp4") -> Path:
        return self.folder / f"segment-{self.count // self.length:05d}{suffix}"

    def _rotate(self) -> None:
        """Let the full segment be finished beside the work on the next one."""
        self._wait()
        if self._encoder is None or self._raw is None:
            return
        path = Path(self._raw.name).with_suffix(".mp4")
        self._closing = self._pool.submit(_close, self._encoder, self._raw, path)
        self._encoder = self._raw = None

    def _wait(self) -> None:
        if self._closing is not None:
            self._closing.result()
            self._closing = None


def _close(encoder: Encoder, raw: IO[bytes], path: Path) -> None:
    try:
        encoder.finish()
    except FilmError:
        encoder.kill()
        raise
    finally:
        raw.close()
    path.with_suffix(".part.mp4").rename(path)
    path.with_suffix(".rgb").unlink()
