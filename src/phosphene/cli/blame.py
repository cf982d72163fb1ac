"""Whose mistake an error is: a plugin's or ours; and leaving, whatever a plugin left running."""

from __future__ import annotations

import os
import sys
import threading
import time
import traceback
from typing import NoReturn

from phosphene.errors import Bug, PhospheneError, PluginError
from phosphene.plugins.running import place_in, plugin_of, pressed, staying

GRACE = 3.0  # seconds that threads of plugins may take to end, when all else is done


def told(error: BaseException) -> int:
    """Print an error that is not a plugin's, with its traceback; the exit code for it."""
    from phosphene.cli.console import console, show_error

    console.print("".join(traceback.format_exception(error)))
    said = f"{type(error).__name__}: {error}"
    bug = Bug(
        f"internal error, a bug in Phosphene: {said}",
        "Please report it with the lines above and the command that you gave.",
    )
    show_error(bug)
    return bug.exit_code


def attributed(error: BaseException) -> BaseException:
    """The same error, or one that names the plugin whose code it came through.

    A Ctrl-C is nobody's, and an error that names the plugin already stays as it is.
    """
    if isinstance(error, KeyboardInterrupt) and pressed(error):
        return error
    plugin = plugin_of(error)
    if plugin is None or (isinstance(error, PhospheneError) and plugin.source in str(error)):
        return error
    if isinstance(error, PhospheneError):  # what it says is for the user: the exit code stays
        error.args = (f"{plugin.source}: {error}", *error.args[1:])
        return error
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    fix = f"{plugin.remedy} PHOSPHENE_STRICT=1 shows the full traceback."
    return PluginError(f"{plugin.source} failed: {said}{place_in(error, plugin)}", fix)


def leave(code: int | str | None) -> NoReturn:
    """End Python with an exit code, soon, also where a thread of a plugin still runs."""
    threading.Thread(target=_leave_anyway, args=(code, os._exit), daemon=True).start()
    sys.exit(code)


def _leave_anyway(code: int | str | None, end: object) -> None:
    time.sleep(GRACE)
    if threading.main_thread().is_alive():  # Python does not end: somebody caught the exit
        return
    if not (threads := staying()):
        return
    for name, plugin in threads.items():
        from phosphene.cli.console import warn

        warn(f"{plugin.source} still runs, in {name}: ended")
    sys.stdout.flush()
    sys.stderr.flush()
    assert callable(end)
    end(code if isinstance(code, int) else int(code is not None))
