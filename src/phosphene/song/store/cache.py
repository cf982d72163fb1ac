"""The user's cache: arrays of song analyses, and those that engines prepare."""

import hashlib
import os
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from phosphene.folders import cache_folder, touch, trim
from phosphene.song.store.code import analysis_code

Arrays = Mapping[str, NDArray[Any]]

LIMIT = 2 << 30  # bytes: about a hundred songs of four minutes
PREPARED_LIMIT = 1 << 26  # bytes of each kind that engines prepare
_CHUNK = 1 << 22  # bytes read at a time for a checksum
#: Errors of NumPy and zipfile for truncated, overwritten or foreign files.
_DAMAGED = (
    OSError, ValueError, TypeError, KeyError, EOFError, SyntaxError, MemoryError, OverflowError,
    RuntimeError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


@dataclass(frozen=True)
class Cache:
    """A folder with one subfolder per analysed audio file.

    Parameters
    ----------
    folder : Path
    limit : int
        Size limit in bytes; the least recently used entries are removed first.
    """

    folder: Path
    limit: int = LIMIT

    def shelf(self, song: Path) -> "Shelf":
        """The shelf of an audio file, by its content.

        Raises
        ------
        OSError
            If the file cannot be read.
        """
        with song.open("rb") as file:
            content = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16))
        folder = self.folder / content.hexdigest()
        touch(folder)
        return Shelf(folder, analysis_code())

    def trim(self, newest: Path) -> None:
        """Remove the least recently used entries until the rest fits, but never `newest`."""
        trim(self.folder, self.limit, newest)


def user_cache() -> Cache:
    """The user's cache."""
    return Cache(cache_folder() / "songs")


def shelf_of(kind: str, key: str) -> "Shelf":
    """The shelf of what engines prepare, such as the embeddings of a model's prompts.

    Parameters
    ----------
    kind : str
        Name of its folder in the cache, whose least recently used entries are removed.
    key : str
        Everything that the arrays depend on.
    """
    folder = cache_folder() / kind / hashlib.blake2b(key.encode(), digest_size=16).hexdigest()
    touch(folder)
    trim(folder.parent, PREPARED_LIMIT, folder)
    return Shelf(folder)


@dataclass(eq=False)
class Shelf:
    """Arrays by name, for one audio file or one model.

    Files are written under a temporary name and then renamed, so readers see a complete file or
    none, and concurrent writers are safe. Unreadable files are removed and computed again; write
    errors are ignored.

    Parameters
    ----------
    folder : Path or None
        Folder of the files; None keeps everything in memory only.
    code : str
        Digest of the code that computed the arrays; files of other code are ignored.
    from_cache : bool
        Whether the song itself was loaded from here.
    """

    folder: Path | None = None
    code: str = ""
    from_cache: bool = False
    _memory: dict[str, Any] = field(default_factory=dict, repr=False)

    def kept(self, name: str, work: Callable[[], Any]) -> Any:
        """The result of `work`, called once and kept in memory."""
        if name not in self._memory:
            self._memory[name] = work()
        return self._memory[name]

    def read(self, name: str) -> Arrays | None:
        """Arrays from disk; None if they are missing or damaged."""
        if self.folder is None:
            return None
        path = self._path(name, ".npz")
        try:
            _require_file(path)
            with np.load(path, allow_pickle=False) as stored:
                return dict(stored)
        except _DAMAGED:
            _remove(path)
            return None

    def write(self, name: str, arrays: Arrays) -> None:
        """Store arrays on disk, if there is a writable folder."""
        if self.folder is not None:
            _replace(self._path(name, ".npz"), lambda file: np.savez(file, **arrays))  # type: ignore[arg-type]

    def stored(self, name: str, work: Callable[[], Arrays]) -> Arrays:
        """Arrays from disk, or else the result of `work`, which is then stored."""
        found = self.read(name)
        if found is None:
            found = work()
            self.write(name, found)
        return found

    def read_samples(self) -> NDArray[np.float32] | None:
        """The samples, memory-mapped and therefore loaded on access."""
        if self.folder is None:
            return None
        path, note = self._path("samples", ".npy"), self._path("samples", ".crc32")
        try:
            _require_file(path)
            _require_file(note)
            samples: NDArray[np.float32] = np.load(path, mmap_mode="r", allow_pickle=False)
            if samples.dtype != np.float32 or samples.ndim != 1:
                raise ValueError("this file does not contain samples")
            if _checksum(path) != note.read_text():
                raise ValueError("the samples are damaged")
        except _DAMAGED:
            for part in (path, note):
                _remove(part)
            return None
        return samples

    def write_samples(self, samples: NDArray[np.float32]) -> None:
        """Store samples on disk, shape (n,)."""
        if self.folder is not None:
            path = self._path("samples", ".npy")
            _replace(path, lambda file: np.save(file, samples, allow_pickle=False))
            with suppress(OSError):
                note = _checksum(path).encode()
                _replace(path.with_suffix(".crc32"), lambda file: file.write(note))

    def _path(self, name: str, ending: str) -> Path:
        assert self.folder is not None
        key = hashlib.blake2b(f"{self.code}\n{name}".encode(), digest_size=16).hexdigest()
        return self.folder / f"{key}{ending}"


def _replace(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Write a file atomically; on a full disk there is none."""
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
            temporary = Path(file.name)
            write(file)
        os.replace(temporary, path)
    except OSError:
        if temporary is not None:
            _remove(temporary)


def _remove(path: Path) -> None:
    try:
        if path.is_dir() and not path.is_symlink():
            path.rmdir()  # fails if it has files of other programs
        else:
            path.unlink(missing_ok=True)
    except OSError:
        pass  # another process has it open


def _require_file(path: Path) -> None:
    if not path.is_file():  # opening a pipe would block
        raise OSError(f"{path} is not a regular file")


def _checksum(path: Path) -> str:
    _require_file(path)
    value = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            value = zlib.crc32(chunk, value)
    return f"{value:08x}"
