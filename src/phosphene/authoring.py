"""For authors of plugins: their calls with the time that they took, and their errors raised."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary

_log = logging.getLogger(__name__)
#: Threads that were started while a plugin was called, and its name.
STARTED: WeakKeyDictionary[threading.Thread, str] = WeakKeyDictionary()


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
