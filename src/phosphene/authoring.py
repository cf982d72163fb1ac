"""For authors of plugins: what they receive is read-only, and their errors and times are shown."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from numpy.typing import NDArray

_log = logging.getLogger(__name__)
#: Threads that were started while a plugin was called, and its name.
STARTED: WeakKeyDictionary[threading.Thread, str] = WeakKeyDictionary()


def read_only(values: NDArray[Any]) -> NDArray[Any]:
    """A view that cannot be written to, of an array that cannot be written to either."""
    values.setflags(write=False)
    return values.view()


def line_of(error: BaseException, file: Path | None) -> str:
    """The line of a plugin that an error came through last; empty where it came through none.

    Parameters
    ----------
    error : BaseException
    file : Path or None
        The plugin's module; of a package, its `__init__.py`.

    Returns
    -------
    str
        Such as `/home/me/plugins/sway.py, line 14: t *= 2`.
    """
    if file is None:
        return ""
    folder = file.parent if file.name == "__init__.py" else None
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if path == file or (folder is not None and path.is_relative_to(folder)):
            return f"{path}, line {frame.lineno}: {frame.line}".rstrip(": ")
    return ""


def strict() -> bool:
    """Whether a plugin's errors are raised as they are: `PHOSPHENE_STRICT=1`."""
    return _says_yes("PHOSPHENE_STRICT")


@contextmanager
def traced(plugin: str, what: str) -> Iterator[None]:
    """Call into a plugin: what it changes about the process is undone or noted.

    The current folder is what it was before, and threads that it starts are known as its own. With
    `PHOSPHENE_TRACE_PLUGINS=1` the time of the call is printed on stderr.
    """
    folder, threads = _current_folder(), set(threading.enumerate())
    begun = time.perf_counter()
    try:
        yield
    finally:
        took = (time.perf_counter() - begun) * 1e3
        STARTED.update(dict.fromkeys(set(threading.enumerate()) - threads, plugin))
        if folder is not None and _current_folder() != folder:
            os.chdir(folder)
            _log.warning("the plugin %s changed the current folder; it is %s again", plugin, folder)
        if _says_yes("PHOSPHENE_TRACE_PLUGINS"):
            print(f"plugin {plugin}: {what} took {took:.1f} ms", file=sys.stderr)


def _current_folder() -> str | None:
    try:
        return os.getcwd()
    except OSError:  # it was removed
        return None


def _says_yes(variable: str) -> bool:
    return os.environ.get(variable, "") not in ("", "0")
