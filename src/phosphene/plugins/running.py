"""Plugins share our process: whose code an error, a thread or an exit comes from."""

from __future__ import annotations

import dis
import os
import sys
import threading
from collections.abc import Iterable, Iterator
from types import FrameType, TracebackType
from typing import Any, NoReturn

from phosphene.authoring import STARTED
from phosphene.errors import PluginError
from phosphene.plugins.plugin import Plugin

#: Plugins from outside whose code may run in this process.
loaded: list[Plugin] = []


def plugin_of(error: BaseException, among: Iterable[Plugin] = loaded) -> Plugin | None:
    """The plugin that an error came through last, also where ours or another was made of it."""
    among, seen = list(among), set[int]()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        files = [frame.f_code.co_filename for frame in _frames(cause.__traceback__)]
        if (plugin := owner(reversed(files), among)) is not None:
            return plugin
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return None


def place_in(error: BaseException, plugin: Plugin) -> str:
    """The last line of the plugin that an error came through: ` (at FILE:LINE)`, or nothing."""
    if isinstance(error, SyntaxError) and error.filename:
        return f" (at {error.filename}:{error.lineno})"
    place, traceback = "", error.__traceback__
    while traceback is not None:
        file = traceback.tb_frame.f_code.co_filename
        if plugin.owns(file):
            place = f" (at {file}:{traceback.tb_lineno})"
        traceback = traceback.tb_next
    return place


def owner(files: Iterable[str], among: Iterable[Plugin] = loaded) -> Plugin | None:
    """The plugin that the first of some files of code belongs to, of those that belong to any."""
    among = list(among)
    return next((plugin for file in files for plugin in among if plugin.owns(file)), None)


def pressed(error: BaseException, among: Iterable[Plugin] = loaded) -> bool:
    """Whether a KeyboardInterrupt is the user's, not one that a plugin raised of its own accord."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    if last is None or owner([last.tb_frame.f_code.co_filename], among) is None:
        return True
    raised = dis.opname[last.tb_frame.f_code.co_code[last.tb_lasti]]
    return raised != "RAISE_VARARGS"


def enter(plugin: Plugin) -> None:
    """Note that code of a plugin from outside is about to run in this process."""
    loaded[:] = [*(other for other in loaded if str(other) != str(plugin)), plugin]
    _refuse_exit()


def _refuse_exit() -> None:
    """From now on `os._exit` raises in a plugin's code: the process would end with nothing said."""
    if getattr(os._exit, "refuses", False):
        return
    leave, process = os._exit, os.getpid()

    def _exit(status: int) -> NoReturn:
        plugin = owner(_files(sys._getframe(1))) if os.getpid() == process else None
        if plugin is None:  # ours, or of a process that was forked
            leave(status)
        raise PluginError(f"{plugin.source} called os._exit({status})", plugin.remedy)

    _exit.refuses = True  # type: ignore[attr-defined]
    os._exit = _exit


def staying() -> dict[str, Plugin]:
    """Threads of plugins that keep Python from ending, by name: also ours, where it runs theirs."""
    names, frames = {plugin.name: plugin for plugin in loaded}, sys._current_frames()
    found = {}
    for thread in threading.enumerate():
        frame = frames.get(thread.ident or 0)
        plugin = owner(_files(frame)) or names.get(STARTED.get(thread, ""))
        if plugin is not None and not thread.daemon:
            found[thread.name] = plugin
    return found


def _frames(traceback: TracebackType | None) -> Iterator[FrameType]:
    while traceback is not None:
        yield traceback.tb_frame
        traceback = traceback.tb_next


def _files(frame: Any) -> Iterator[str]:
    while frame is not None:
        yield frame.f_code.co_filename
        frame = frame.f_back
