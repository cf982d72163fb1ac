"""Attribute errors, threads and exits in Phosphene's process to plugins."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NoReturn
from weakref import WeakKeyDictionary

import pluggy

from phosphene.errors import PluginError, Stopped
from phosphene.plugins.plugin import Plugin

_log = logging.getLogger(__name__)
#: Plugins, except built-ins, whose code may run in this process.
loaded: list[Plugin] = []
# Threads that were started during a call to a plugin, and its name.
_started: WeakKeyDictionary[threading.Thread, str] = WeakKeyDictionary()


def strict() -> bool:
    """Whether errors of plugins are raised unchanged: `PHOSPHENE_STRICT=1`."""
    return _is_set("PHOSPHENE_STRICT")


@contextmanager
def traced(plugin: str, what: str) -> Iterator[None]:
    """Wrap a call to a plugin: restore the working directory, and record threads that it starts.

    With `PHOSPHENE_TRACE_PLUGINS=1` the duration of the call is printed on stderr.
    """
    folder, threads = _current_folder(), set(threading.enumerate())
    start = time.perf_counter()
    try:
        yield
    finally:
        took = (time.perf_counter() - start) * 1e3
        _started.update(dict.fromkeys(set(threading.enumerate()) - threads, plugin))
        if folder is not None and _current_folder() != folder:
            os.chdir(folder)
            _log.warning(
                "the plugin %s changed the current folder; it was reset to %s", plugin, folder
            )
        if _is_set("PHOSPHENE_TRACE_PLUGINS"):
            print(f"plugin {plugin}: {what} took {took:.1f} ms", file=sys.stderr)


def _current_folder() -> str | None:
    try:
        return os.getcwd()
    except OSError:  # it was removed
        return None


def _is_set(variable: str) -> bool:
    return os.environ.get(variable, "") not in ("", "0")


def plugin_of(error: BaseException) -> Plugin | None:
    """The plugin whose code raised an error or one of its causes."""
    seen = set[int]()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        files = [frame.f_code.co_filename for frame, _ in traceback.walk_tb(cause.__traceback__)]
        if (plugin := owner(reversed(files))) is not None:
            return plugin
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return None


def owner(files: Iterable[str]) -> Plugin | None:
    """The plugin of the first file that belongs to one."""
    return next((plugin for file in files for plugin in loaded if plugin.owns(file)), None)


def describe(error: BaseException) -> str:
    """An error in one line, with its class."""
    message = " ".join(str(error).split())
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def problem(error: BaseException) -> str:
    """An error of a plugin in one line; the class is omitted if the message suffices."""
    if isinstance(error, pluggy.PluginValidationError):
        message = " ".join(str(error).split())
        return "".join(message.partition("Argument(s)")[1:]) or message
    return str(error) if isinstance(error, PluginError) else describe(error)


def location_in(error: BaseException, plugin: Plugin) -> str:
    """The innermost line of a plugin in a traceback: ` (FILE, line N: CODE)`; empty without one."""
    if isinstance(error, SyntaxError) and error.filename:
        return f" ({error.filename}, line {error.lineno})"
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if plugin.owns(frame.filename):
            return f" ({frame.filename}, line {frame.lineno}: {frame.line})"
    return ""


def is_interrupt(error: BaseException) -> bool:
    """Whether an error is the user's Ctrl-C, and not a KeyboardInterrupt that a plugin raised.

    The handler of the command line raises `Stopped`. Python's own handler raises KeyboardInterrupt,
    which a plugin can raise too.
    """
    ours = signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    return isinstance(error, Stopped if ours else KeyboardInterrupt)


def enter(plugin: Plugin) -> None:
    """Record that code of a plugin is about to run in this process."""
    loaded[:] = [*(other for other in loaded if str(other) != str(plugin)), plugin]
    _refuse_exit()


def _refuse_exit() -> None:
    """Make `os._exit` raise in a plugin's code instead of ending the process without a message."""
    if getattr(os._exit, "refuses", False):
        return
    real_exit, process = os._exit, os.getpid()

    def _exit(status: int) -> NoReturn:
        stack = traceback.walk_stack(sys._getframe(1))
        plugin = owner(frame.f_code.co_filename for frame, _ in stack)
        if plugin is None or os.getpid() != process:  # a call by Phosphene, or in a forked process
            real_exit(status)
        raise PluginError(f"{plugin.source} called os._exit({status})", plugin.remedy)

    _exit.refuses = True  # type: ignore[attr-defined]
    os._exit = _exit


def running_threads() -> dict[str, Plugin]:
    """Threads of plugins that prevent Python from exiting: their names and plugins."""
    names, frames = {plugin.name: plugin for plugin in loaded}, sys._current_frames()
    running = {}
    for thread in threading.enumerate():
        frame = frames.get(thread.ident or 0)
        stack = traceback.walk_stack(frame) if frame else ()
        plugin = owner(frame.f_code.co_filename for frame, _ in stack)
        plugin = plugin or names.get(_started.get(thread, ""))
        if plugin is not None and not thread.daemon:
            running[thread.name] = plugin
    return running
