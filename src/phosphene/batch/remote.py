"""Copies complete films to a URL: any file system of fsspec, such as s3:// or gs://."""

from __future__ import annotations

import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any

from phosphene.errors import FilmError, ProjectError
from phosphene.film.ffmpeg import MARK

INSTALL = "Install it with: pip install 'phosphene[cluster]'"
HEAD, TAIL = 16 << 20, 1 << 16  # bytes of a film that contain its metadata


class Remote:
    """A folder at a URL, tested by writing, reading and removing a file.

    Parameters
    ----------
    url : str
        Such as "s3://bucket/album". Credentials are handled by the file system's package.

    Raises
    ------
    ProjectError
        If the protocol is unknown, its package is not installed, or the folder cannot be written.
    """

    def __init__(self, url: str) -> None:
        try:
            from fsspec.core import url_to_fs
        except ImportError:
            raise ProjectError(f"--to {url}: fsspec is not installed", INSTALL) from None
        self.url = url.rstrip("/")
        if "://" not in url:
            raise ProjectError(
                f"--to {url}: expected a URL, such as s3://bucket/album",
                "-o names a folder of this machine.",
            )
        try:
            self._fs, root = url_to_fs(url)
        except ImportError as error:
            raise ProjectError(f"--to {url}: {error}") from None
        except Exception as error:  # fsspec has many back ends
            raise ProjectError(f"--to {url}: {_first_line(error)}") from None
        self._root = root.rstrip("/")
        trial, content = self._place(f".phosphene-{secrets.token_hex(4)}"), b"trial"
        try:
            self._fs.makedirs(self._root, exist_ok=True)
            self._fs.pipe_file(trial, content)
            if self._fs.cat_file(trial) != content:
                raise OSError("the file read differs from the file written")
            self._fs.rm_file(trial)
        except Exception as error:
            raise ProjectError(
                f"--to {url}: the folder cannot be written: {_first_line(error)}",
                "Check the URL, the credentials and the permissions.",
            ) from None

    def require_replaceable(self, name: str) -> None:
        """Check that a file does not exist, or was made by Phosphene.

        Raises
        ------
        ProjectError
            If not.
        """
        place = self._place(name)
        try:
            size = self._size(place)
            ours = size is None or any(MARK.encode() in part for part in self._ends(place, size))
        except Exception as error:
            raise ProjectError(f"{self.url}/{name} cannot be read: {_first_line(error)}") from None
        if not ours:
            raise ProjectError(
                f"{self.url}/{name} already exists and was not made by Phosphene.",
                "Name another URL with --to, or add --force to replace it.",
            )

    def copy(self, film: Path) -> None:
        """Copy a film, under a temporary name until it is complete, unless it exists.

        Raises
        ------
        FilmError
            If it cannot be copied.
        """
        place = self._place(film.name)
        part = self._place(f".{film.name}.{secrets.token_hex(4)}.part")
        try:
            if self._holds(place, film):
                return
            self._fs.put_file(str(film), part)
            if self._size(part) != film.stat().st_size:
                raise OSError("the copy is incomplete")
            self._fs.mv(part, place)
        except Exception as error:
            with suppress(Exception):
                self._fs.rm_file(part)
            raise FilmError(
                f"{film} is complete, but cannot be copied to {self.url}: {_first_line(error)}",
                "Run the same command again to copy it.",
            ) from None

    def _place(self, name: str) -> str:
        return f"{self._root}/{name}"

    def _size(self, place: str) -> int | None:
        self._fs.invalidate_cache()
        if not self._fs.exists(place):
            return None
        return int(self._fs.info(place)["size"])

    def _ends(self, place: str, size: int) -> tuple[bytes, bytes]:
        head = self._fs.cat_file(place, 0, min(HEAD, size))
        return head, self._fs.cat_file(place, max(0, size - TAIL), size)

    def _holds(self, place: str, film: Path) -> bool:
        """Whether a file equals a film, by its size and the ends with its metadata."""
        size: Any = self._size(place)
        if size != film.stat().st_size:
            return False
        with film.open("rb") as file:
            head = file.read(HEAD)
            file.seek(max(0, size - TAIL))
            return self._ends(place, size) == (head, file.read())


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
