"""Checksums of frames and segments, so that damage is detected and repaired."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from phosphene.own_files import open_own, read_own, replace_own

FRAMES, SEGMENTS = "frames.sums", "segments.json"
SIZE = 16  # bytes per frame digest


def digest_of(path: Path) -> str:
    """The digest of a file's content.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class FrameSums:
    """The digests of all raw frames, by position in one file."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FRAMES

    def write(self, index: int, frame: bytes) -> None:
        """Write the digest of a frame."""
        file = open_own(self._path, os.O_WRONLY | os.O_CREAT)
        try:
            os.lseek(file, SIZE * index, os.SEEK_SET)
            os.write(file, _frame_digest(frame))
        finally:
            os.close(file)

    def truncate(self, count: int) -> None:
        """Drop the frames after the first `count`."""
        if self._path.exists():
            file = open_own(self._path, os.O_WRONLY)
            try:
                os.ftruncate(file, min(SIZE * count, os.fstat(file).st_size))
            finally:
                os.close(file)

    def holds(self, first: int, count: int, raw: Path, size: int) -> bool:
        """Whether `raw` starts with `count` intact frames of `size` bytes, from frame `first`."""
        try:
            with (
                os.fdopen(open_own(raw, os.O_RDONLY), "rb") as pictures,
                os.fdopen(open_own(self._path, os.O_RDONLY), "rb") as sums,
            ):
                sums.seek(SIZE * first)
                return all(
                    len(frame := pictures.read(size)) == size
                    and sums.read(SIZE) == _frame_digest(frame)
                    for _ in range(count)
                )
        except OSError:
            return False


def _frame_digest(frame: bytes) -> bytes:
    return hashlib.blake2b(frame, digest_size=SIZE).digest()


class SegmentSums:
    """Size and digest of every encoded segment."""

    def __init__(self, folder: Path) -> None:
        self._path, self._sums = folder / SEGMENTS, _read(folder / SEGMENTS)
        self._found: dict[tuple[str, int, int], bool] = {}

    def write(self, path: Path, content: Path) -> None:
        """Record the size and digest of the segment `path` from its content.

        Raises
        ------
        OSError
            If the disk fails.
        """
        self._sums[path.name] = [content.stat().st_size, digest_of(content)]
        replace_own(self._path, json.dumps(self._sums, indent=1).encode())

    def holds(self, path: Path) -> bool:
        """Whether a segment is intact; reads it again only if its size or time changed."""
        try:
            current = path.stat()
        except OSError:
            return False
        key = path.name, current.st_size, current.st_mtime_ns
        if key not in self._found:
            self._found[key] = self.is_intact(path)
        return self._found[key]

    def is_intact(self, path: Path) -> bool:
        """Whether a segment's content matches its digest."""
        try:
            current = [path.stat().st_size, digest_of(path)]
        except OSError:
            return False
        return self._sums.get(path.name) == current


def _read(path: Path) -> dict[str, list[object]]:
    try:
        sums = json.loads(read_own(path, 1 << 26))
    except (OSError, ValueError, RecursionError):
        return {}
    return sums if isinstance(sums, dict) else {}
