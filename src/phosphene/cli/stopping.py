"""SIGTERM and SIGHUP end a render as Ctrl-C does: in order, and to be gone on with."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)
)  # there is no SIGHUP on Windows


class Stopped(KeyboardInterrupt):
    """A signal asked us to end; the exit code is the shell's for it, 128 and its number."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.exit_code = 128 + number


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Raise `Stopped` on the first of `SIGNALS`; more of them do not disturb the tidying up.

    A signal that is ignored stays so: `nohup` means what it says.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # Python hands signals to the main thread alone
        return

    asked: list[Stopped] = []

    def stop(number: int, frame: FrameType | None) -> None:
        for caught in before:
            signal.signal(caught, signal.SIG_IGN)
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
    except OSError:
        if asked:  # what was said on the way out went to a terminal that is gone
            raise asked[0] from None
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
