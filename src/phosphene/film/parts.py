"""The parts of a film, each painted by itself into a lossless, silent video.

They are in a folder next to the film, and named by the fingerprint of what they depend on. A part
is complete when there is a file with its digest.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from phosphene.errors import FilmError
from phosphene.film.checksums import FRAMES, SIZE, digest_of
from phosphene.film.ffmpeg import decode_command
from phosphene.film.film import beside
from phosphene.film.formats import LOSSLESS, FilmFormat
from phosphene.own_files import read_own, remove_if_bare, replace_own

ENDING = ".scenes"
FORM = FilmFormat(LOSSLESS, crf=None)
DIGITS = 12  # of the fingerprint, in names


def parts_folder(target: Path) -> Path:
    """The folder with the parts of a film."""
    return beside(target, ENDING)


@dataclass(frozen=True)
class PartFile:
    """The file of a part of a film.

    Attributes
    ----------
    target : Path
        The film.
    fingerprint : str
        From `phosphene.rendering.render.Render.fingerprint`.
    number : int
        Number of the part, from 0.
    """

    target: Path
    fingerprint: str
    number: int

    @property
    def path(self) -> Path:
        """The video."""
        name = f"part-{self.number:03d}-{self.fingerprint[:DIGITS]}.mp4"
        return parts_folder(self.target) / name

    def complete(self) -> None:
        """Mark the part as complete.

        Raises
        ------
        OSError
            If the disk fails.
        """
        about = {"bytes": self.path.stat().st_size, "digest": digest_of(self.path)}
        replace_own(self._mark, json.dumps(about).encode())

    def is_complete(self) -> bool:
        """Whether the part is complete, by its size; `require_intact` reads it."""
        return self._about() is not None

    def require_intact(self) -> None:
        """Check that the part is complete and undamaged.

        Raises
        ------
        FilmError
            If not. A damaged part is marked as incomplete, so that it is painted again.
        """
        about = self._about()
        if about is not None and digest_of(self.path) == about.get("digest"):
            return
        with suppress(OSError):
            self._mark.unlink(missing_ok=True)
        raise FilmError(
            f"{self.path} is missing, or was damaged since it was written.",
            "Check the disk, then run the same command again, which paints it again.",
        )

    def done(self, frames: int) -> int:
        """The number of painted frames, of `frames` in total; all only if it is complete."""
        if self.is_complete():
            return frames
        sums = beside(self.path, ".resume") / FRAMES
        return min(frames - 1, sums.stat().st_size // SIZE) if sums.is_file() else 0

    def frames(self, size: int) -> Generator[bytes]:
        """Its frames, of `size` bytes.

        Raises
        ------
        FilmError
            If ffmpeg fails.
        """
        with subprocess.Popen(
            decode_command(self.path), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            try:
                while len(frame := process.stdout.read(size)) == size:
                    yield frame
            finally:
                process.kill()

    def remove(self) -> None:
        """Remove the part."""
        self._mark.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)

    @property
    def _mark(self) -> Path:
        return self.path.with_suffix(".json")

    def _about(self) -> dict[str, object] | None:
        try:
            about = json.loads(read_own(self._mark, 1 << 12))
            if isinstance(about, dict) and about.get("bytes") == self.path.stat().st_size:
                return about
        except (OSError, ValueError, RecursionError):
            pass
        return None


def remove_parts(parts: Sequence[PartFile]) -> None:
    """Remove the parts of a complete film; parts with other settings stay."""
    for part in parts:
        part.remove()
    with suppress(OSError):
        remove_if_bare(parts_folder(parts[0].target))
