"""Digests of code: cached results are only used by the code that computed them."""

import hashlib
import importlib.metadata
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

# Libraries that affect the analysis, besides our own code.
_LIBRARIES = ("numpy", "scipy", "librosa", "soxr", "soundfile", "imageio-ffmpeg")
# Libraries that wrappers or weights may come from; their versions count if they are used.
_BY_VERSION = {"numpy", "scipy", "librosa", "torch", "diffusers", "transformers", "numba", "cv2"}
_LARGE = 4 << 20  # bytes; larger files count by size and modification time
_SONG = Path(__file__).parents[1]
_WEIGHTS = _SONG.parent / "models" / "hearing"


@cache
def analysis_code() -> str:
    """Digest of what the analysis depends on: our code and weights, and the library versions.

    No version number has to be increased: results of changed code have other names in the cache.
    """
    versions = [f"{name} {importlib.metadata.version(name)}" for name in _LIBRARIES]
    return "\n".join([_digest([*_SONG.rglob("*.py"), *_WEIGHTS.rglob("*.*")]), *versions])


def code_of(function: Callable[..., object]) -> str:
    """Digests of the packages and files that a callable comes from.

    Partials, decorated functions, methods, closures and callable instances count with everything
    that they call, so a wrapper from another module does not hide the code that it wraps.

    Parameters
    ----------
    function : callable

    Returns
    -------
    str
        Changes with any change to those packages and files.
    """
    roots = {root for name in _modules_of(function) if (root := _root(name)) is not None}
    name = getattr(function, "__module__", None) or type(function).__module__
    digests = [f"{root.stem} {_digest(_files(root))}" for root in sorted(roots)]
    return ", ".join(digests) or name


def _modules_of(function: object) -> set[str]:
    """The modules of a callable, and of every callable that it wraps, contains or is bound to."""
    found: set[str] = set()
    seen: dict[int, object] = {}
    ahead: list[Any] = [function]
    while ahead:
        part = ahead.pop()
        if id(part) in seen:
            continue
        seen[id(part)] = part
        if _is_guard(part):  # does not affect the result of the plugin's function
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


# Contents of a function, a method, a partial and a decorated function.
_INSIDE = (
    "__wrapped__", "__func__", "__self__", "func", "args", "keywords",
    "__closure__", "__defaults__", "__kwdefaults__",
)  # fmt: skip


def _names(function: object) -> Iterator[str]:
    """The module that a function declares, and the one that contains its code."""
    for name in (
        getattr(function, "__module__", None),
        getattr(function, "__globals__", {}).get("__name__"),
    ):
        if isinstance(name, str):
            yield name


def _root(name: str) -> Path | None:
    """The folder of a module's outermost package, or its file; for Phosphene, the subpackage.

    None for the standard library, for libraries that count by version, and for modules without a
    file.
    """
    parts = name.split(".")
    if parts[0] in sys.stdlib_module_names or parts[0] in _BY_VERSION:
        return None
    for depth in range(min(len(parts), 2 if parts[0] == "phosphene" else 1), len(parts) + 1):
        module = sys.modules.get(".".join(parts[:depth]))
        file = getattr(module, "__file__", None)
        if isinstance(file, str):
            return Path(file).parent if hasattr(module, "__path__") else Path(file)
    return None  # only a namespace package


def _files(root: Path) -> Iterable[Path]:
    if root.is_file():
        return [root]
    # Python and numba write compiled code there, when it first runs.
    return (file for file in root.rglob("*") if "__pycache__" not in file.parts)


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for file in sorted(files):
        if file.is_file():
            about = file.stat()
            if about.st_size > _LARGE:  # weights, libraries: reading them would take seconds
                digest.update(f"{file.name} {about.st_size} {about.st_mtime_ns}\n".encode())
                continue
            content = file.read_bytes()
            digest.update(f"{file.name} {len(content)}\n".encode() + content)
    return digest.hexdigest()
