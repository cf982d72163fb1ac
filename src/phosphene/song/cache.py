"""The cache: what was heard in an audio, found again by its content."""

import hashlib
import importlib.metadata
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from phosphene.folders import cache_folder, trim, used_now
from phosphene.song.shelf import Shelf

LIMIT = 2 << 30  # bytes: about a hundred songs of four minutes
# What turns a file into numbers beside our own code.
_LIBRARIES = ("numpy", "scipy", "librosa", "soxr", "soundfile", "imageio-ffmpeg")
_HERE = Path(__file__).parent
_WEIGHTS = _HERE.parent / "models" / "hearing"


@dataclass(frozen=True)
class Cache:
    """A folder with one folder for each audio that was heard.

    Parameters
    ----------
    folder : Path
    limit : int
        Bytes that it may take; what was not used for the longest time goes first.
    """

    folder: Path
    limit: int = LIMIT

    def shelf(self, song: Path) -> Shelf:
        """The shelf of an audio file: by the bytes in it, whatever its name.

        Raises
        ------
        OSError
            If the file can not be read.
        """
        with song.open("rb") as file:
            content = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16))
        folder = self.folder / content.hexdigest()
        used_now(folder)
        return Shelf(folder, analysis_code())

    def trim(self, newest: Path) -> None:
        """Remove what was not used for the longest time until the rest fits; never `newest`."""
        trim(self.folder, self.limit, newest)


def user_cache() -> Cache:
    """What this user's songs were heard as."""
    return Cache(cache_folder() / "songs")


@cache
def analysis_code() -> str:
    """What the analysis depends on: our code and weights, and the versions of the libraries.

    Nobody has to remember to count up a version: other code is another name in the cache.
    """
    versions = [f"{name} {importlib.metadata.version(name)}" for name in _LIBRARIES]
    return "\n".join([_digest([*_HERE.rglob("*.py"), *_WEIGHTS.rglob("*.*")]), *versions])


def code_of(function: Callable[..., object]) -> str:
    """The module of a function, and a digest of the package that it stands in."""
    name = getattr(function, "__module__", None) or ""
    module = sys.modules.get(name)
    source = getattr(module, "__file__", None)
    if source is None:
        return name
    alone = not getattr(module, "__package__", "")
    files = [Path(source)] if alone else Path(source).parent.rglob("*.py")
    return f"{name} {_digest(files)}"


def _digest(files: Iterable[Path]) -> str:
    whole = hashlib.blake2b(digest_size=16)
    for file in sorted(files):
        if file.is_file():
            content = file.read_bytes()
            whole.update(f"{file.name} {len(content)}\n".encode() + content)
    return whole.hexdigest()
