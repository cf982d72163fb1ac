"""The render of one film in a process of its own: `phosphene render`, with its progress as JSON."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from phosphene.batch.plan import Figures
from phosphene.errors import FilmError
from phosphene.film.film import beside
from phosphene.own_files import locked, open_own

PATIENCE = 30.0  # seconds that a render has to save its checkpoint
BUSY = 60.0  # seconds that a render which lost its batch may take to end
ATTEMPTS = 3  # of a film whose process is killed
SAID = 2000  # characters of an error
COMMAND = (sys.executable, "-P", "-c", "from phosphene.cli import main; main()")
OnProgress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Outcome:
    """How a render ended.

    Attributes
    ----------
    state : {"made", "failed", "lost", "stopped"}
        A "lost" one was killed by something else; it can be resumed.
    error : str
    seconds : float
    figures : Figures or None
        The speed that was measured; None if fewer than two frames were painted.
    """

    state: Literal["made", "failed", "lost", "stopped"]
    error: str = ""
    seconds: float = 0.0
    figures: Figures | None = None


class Work:
    """The render of a film, in a process of its own.

    If this process is killed, the render ends at its next frame, with its checkpoint, because
    nobody reads its progress any more.

    Parameters
    ----------
    arguments : sequence of str
        Of `phosphene`.
    target : Path
        The film.
    log : Path
        For what the render prints; it is continued.
    environment : mapping of str to str, optional
        Of the process; by default, that of this one.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        target: Path,
        log: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._arguments, self._target, self._log = arguments, target, log
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()

    def run(self, on_progress: OnProgress) -> Outcome:
        """Make the film; call on_progress(done, total, stage) for each frame."""
        _wait_for(self._target)
        begun = time.monotonic()
        own: dict[str, Any] = (
            {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
            if os.name == "nt"
            else {"start_new_session": True}  # a Ctrl-C in the terminal is ours to pass on
        )
        log = os.fdopen(open_own(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND), "ab")
        with log:
            if self._stopping.is_set():
                return Outcome("stopped")
            place = log.tell()
            self._process = subprocess.Popen(
                [*COMMAND, *self._arguments, "--progress", "json"],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
                env=self._environment, **own,
            )  # fmt: skip
        if self._stopping.is_set():
            self.stop()
        assert self._process.stdout is not None
        clock = _Clock(begun)
        with self._process.stdout as lines:
            for line in lines:
                with contextlib.suppress(ValueError, TypeError, KeyError):
                    said = json.loads(line)
                    step = int(said["done"]), int(said["total"]), str(said["stage"])
                    clock.note(*step)
                    on_progress(*step)
        return self._outcome(self._process.wait(), clock, place)

    def stop(self) -> None:
        """Ask the render to save its checkpoint and end; kill it after `PATIENCE` seconds."""
        self._stopping.set()
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.send_signal(getattr(signal, "CTRL_BREAK_EVENT", signal.SIGTERM))
        killer = threading.Timer(PATIENCE, process.kill)
        killer.daemon = True
        killer.start()

    def wait(self) -> None:
        """Wait until the render has ended."""
        if self._process is not None:
            self._process.wait()

    def _outcome(self, code: int, clock: _Clock, place: int) -> Outcome:
        seconds, figures = time.monotonic() - clock.begun, clock.figures()
        if code == 0:
            return Outcome("made", "", seconds, figures)
        if self._stopping.is_set():
            return Outcome("stopped", "", seconds, figures)
        if code < 0:
            name = signal.Signals(-code).name
            error = f"its process was killed by signal {-code} ({name}), perhaps for want of memory"
            return Outcome("lost", error, seconds, figures)
        return Outcome("failed", last_error(self._log, place), seconds, figures)


class _Clock:
    """Measures how long the frames of a render take."""

    def __init__(self, begun: float) -> None:
        self.begun = begun
        self._first: tuple[float, int] | None = None
        self._last = 0.0, 0

    def note(self, done: int, total: int, stage: str) -> None:
        if stage == "painting":
            self._last = time.monotonic(), done
            self._first = self._first or self._last

    def figures(self) -> Figures | None:
        if self._first is None or self._last[1] <= self._first[1]:
            return None
        (begun, first), (ended, last) = self._first, self._last
        return Figures((ended - begun) / (last - first), begun - self.begun)


def last_error(log: Path, place: int = 0) -> str:
    """The last error in a log, from a place on."""
    with os.fdopen(open_own(log, os.O_RDONLY), "rb") as file:
        file.seek(max(place, os.fstat(file.fileno()).st_size - (1 << 16)))
        text = file.read().decode(errors="replace").strip()
    _, mark, error = f"\n{text}".rpartition("\nError:")
    said = error if mark else text.rpartition("\n")[2]
    lines = [line.strip() for line in said.strip().splitlines()]
    return "\n".join(lines)[:SAID] or "it ended without a message"


def _wait_for(target: Path) -> None:
    """Wait for the render of a batch that was killed: it ends at its next frame."""
    until = time.monotonic() + BUSY
    folder = beside(target, ".resume")
    while folder.exists() and time.monotonic() < until:
        try:
            with locked(folder):
                return
        except FilmError:
            time.sleep(0.2)
