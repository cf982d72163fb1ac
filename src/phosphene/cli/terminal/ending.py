"""How a command ends: by a signal, or with an error and the plugin that caused it."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn

from phosphene.errors import Bug, PhospheneError, PluginError, Stopped
from phosphene.plugins.running import describe, location_in, plugin_of, running_threads

SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)  # there is no SIGHUP on Windows
TIDYING = 10.0  # seconds
GRACE = 3.0  # seconds that threads of plugins may take to end, when all else is done


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Raise `Stopped` on the first of `SIGNALS`, and ignore further ones while the command stops.

    After `TIDYING` seconds another one raises it again, in case the first was swallowed. A signal
    that is ignored, as by `nohup`, stays ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # Python delivers signals only to the main thread
        return

    signals: list[Stopped] = []
    until = 0.0

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal until
        if time.monotonic() > until:
            until = time.monotonic() + TIDYING
            signals.append(Stopped(number))
            raise signals[0]

    before = {
        number: signal.getsignal(number)
        for number in SIGNALS
        if signal.getsignal(number) != signal.SIG_IGN
    }
    try:
        for number in before:
            signal.signal(number, stop)
        yield
    except Exception:
        if signals:  # it failed while stopping: the terminal may be gone
            raise signals[0] from None
        raise
    finally:
        for number, handler in before.items():
            if handler is not None:  # one that Python did not set
                signal.signal(number, handler)


def ignore() -> None:
    """Ignore `SIGNALS` while the process ends."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def attributed(error: BaseException) -> BaseException:
    """The error, or one that names the plugin that it was raised in."""
    plugin = None if isinstance(error, Stopped) else plugin_of(error)
    if plugin is None or (isinstance(error, PhospheneError) and plugin.source in str(error)):
        return error
    if isinstance(error, PhospheneError):  # its message is for the user: the exit code stays
        error.name_place(plugin.source)
        return error
    fix = f"{plugin.remedy} PHOSPHENE_STRICT=1 shows the full traceback."
    message = f"{plugin.source} failed: {describe(error)}{location_in(error, plugin)}"
    return PluginError(message, fix)


def show_bug(error: BaseException) -> int:
    """Print an internal error with its traceback, and return the exit code."""
    from phosphene.cli.terminal.console import console, show_error

    console.print("".join(traceback.format_exception(error)))
    bug = Bug(
        f"internal error, a bug in Phosphene: {type(error).__name__}: {error}",
        "Please report it with the lines above and the command that you gave.",
    )
    show_error(bug)
    return bug.exit_code


def leave(code: int | str | None) -> NoReturn:
    """End Python with an exit code, even if threads of plugins are still running."""
    threading.Thread(target=_end_threads, args=(code,), daemon=True).start()
    sys.exit(code)


def _end_threads(code: int | str | None) -> None:
    time.sleep(GRACE)
    threads = running_threads()
    if not threads or threading.main_thread().is_alive():  # somebody caught the exit
        return
    for name, plugin in threads.items():
        from phosphene.cli.terminal.console import warn

        warn(f"{plugin.source} still runs, in {name}: ended")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))
