"""Signals end a command as one Ctrl-C does: in order, and with what was painted kept."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Iterator
from types import FrameType

SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)  # there is no SIGHUP on Windows
TIDYING = 10.0  # seconds


class Stopped(KeyboardInterrupt):
    """A signal asked us to end; the exit code is the shell's for it, 128 and its number."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.exit_code = 128 + number


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Raise `Stopped` on the first of `SIGNALS`; more of them do not disturb the tidying up.

    Only after `TIDYING` seconds does another one raise it again, for where the first was swallowed.
    A signal that is ignored stays so: `nohup` means what it says.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # Python hands signals to the main thread alone
        return

    asked: list[Stopped] = []
    until = 0.0

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal until
        if time.monotonic() > until:
            until = time.monotonic() + TIDYING
            asked.append(Stopped(number))
            raise asked[0]

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
        if asked:  # it failed on the way out: the terminal may be gone
            raise asked[0] from None
        raise
    finally:
        for number, handler in before.items():
            if handler is not None:  # one that Python did not set
                signal.signal(number, handler)


def ignore() -> None:
    """Ignore `SIGNALS` from here on: all that is left is to end."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
