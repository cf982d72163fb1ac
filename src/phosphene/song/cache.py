"""The cache: what was heard in an audio, found again by its content."""

import hashlib
import importlib.metadata
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from phosphene.folders import cache_folder, trim, used_now
from phosphene.song.shelf import Shelf

LIMIT = 2 << 30  # bytes: about a hundred songs of four minutes
# What turns a file into numbers beside our own code.
_LIBRARIES = ("numpy", "scipy", "librosa", "soxr", "soundfile", "imageio-ffmpeg")
# Libraries that a wrapper or a weight may come from; their versions count where they are used.
_BY_VERSION = {"numpy", "scipy", "librosa", "torch", "diffusers", "transformers", "numba", "cv2"}
_LARGE = 4 << 20  # bytes: of a larger file the size and the time of its last change count
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
    """The packages and files that a callable comes from, each with a digest of its content.

    Partials, decorated functions, methods, closures and callable instances count with everything
    that they call, so a wrapper from another module does not hide the code that it wraps.

    Parameters
    ----------
    function : callable

    Returns
    -------
    str
        Another one after any change to those packages and files.
    """
    roots = {root for name in _modules_of(function) if (root := _root(name)) is not None}
    name = getattr(function, "__module__", None) or type(function).__module__
    digests = [f"{root.stem} {_digest(_files(root))}" for root in sorted(roots)]
    return ", ".join(digests) or name


def _modules_of(function: object) -> set[str]:
    """The modules of a callable, and of every callable that it wraps, holds or is bound to."""
    found: set[str] = set()
    seen: dict[int, object] = {}
    ahead: list[Any] = [function]
    while ahead:
        part = ahead.pop()
        if id(part) in seen:
            continue
        seen[id(part)] = part
        if _is_guard(part):  # changes nothing in what the plugin's function gives
            part = part.__wrapped__
        if isinstance(part, (list, tuple)):
            ahead += part
        elif isinstance(part, dict):
            ahead += part.values()
        elif isinstance(part, types.CellType):
            with suppress(ValueError):  # an empty cell
                ahead.append(part.cell_contents)
        elif isinstance(part, types.ModuleType):
            found.add(part.__name__)
        else:
            kind = part if isinstance(part, type) else type(part)
            found.update(base.__module__ for base in kind.__mro__)
            if callable(part) and not isinstance(part, type):
                found.update(_names(part))
                ahead += [getattr(part, name, None) for name in _INSIDE]
                ahead.append(getattr(part, "__dict__", {}))
    return found


def _is_guard(part: Any) -> bool:
    code = getattr(part, "__globals__", {}).get("__name__", "")
    return str(code).startswith("phosphene.plugins")


# What a function, a method, a partial and a decorated function hold.
_INSIDE = (
    "__wrapped__", "__func__", "__self__", "func", "args", "keywords",
    "__closure__", "__defaults__", "__kwdefaults__",
)  # fmt: skip


def _names(function: object) -> Iterator[str]:
    """The module that a function says it is of, and the one that its code stands in."""
    for name in (
        getattr(function, "__module__", None),
        getattr(function, "__globals__", {}).get("__name__"),
    ):
        if isinstance(name, str):
            yield name


def _root(name: str) -> Path | None:
    """The folder of the outermost package of a module, or its file; of Phosphene the room.

    None for the standard library, for libraries that count with their version, and for what has
    no file.
    """
    parts = name.split(".")
    if parts[0] in sys.stdlib_module_names or parts[0] in _BY_VERSION:
        return None
    for depth in range(min(len(parts), 2 if parts[0] == "phosphene" else 1), len(parts) + 1):
        module = sys.modules.get(".".join(parts[:depth]))
        file = getattr(module, "__file__", None)
        if isinstance(file, str):
            return Path(file).parent if hasattr(module, "__path__") else Path(file)
    return None  # a namespace package alone


def _files(root: Path) -> Iterable[Path]:
    if root.is_file():
        return [root]
    return (file for file in root.rglob("*") if file.suffix != ".pyc")


def _digest(files: Iterable[Path]) -> str:
    whole = hashlib.blake2b(digest_size=16)
    for file in sorted(files):
        if file.is_file():
            about = file.stat()
            if about.st_size > _LARGE:  # weights, libraries: reading them would take seconds
                whole.update(f"{file.name} {about.st_size} {about.st_mtime_ns}\n".encode())
                continue
            content = file.read_bytes()
            whole.update(f"{file.name} {len(content)}\n".encode() + content)
    return whole.hexdigest()
