"""Renders in other processes: `phosphene render`, with its progress as JSON."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
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
COMMAND = (sys.executable, "-P", "-c", "from phosphene.cli.batches.serving import serve; serve()")
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


class Processes:
    """Processes that render one film after another, so that each imports its libraries once.

    One that fails is not used again. They end when this process ends.

    Parameters
    ----------
    environment : mapping of str to str, optional
        Of the processes; by default, that of this one.
    """

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._environment = environment
        self._idle: deque[subprocess.Popen[bytes]] = deque()

    def begin(self, arguments: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
        """Begin a command in an idle process, or in a new one."""
        line = json.dumps({"arguments": list(arguments), "log": str(log)}).encode() + b"\n"
        while True:
            try:
                process, new = self._idle.pop(), False
            except IndexError:
                process, new = self._started(log), True
            assert process.stdin is not None
            try:
                process.stdin.write(line)
                process.stdin.flush()
            except OSError:  # it was killed while it was idle
                process.wait()
                if not new:
                    continue
            return process

    def give(self, process: subprocess.Popen[bytes]) -> None:
        """Keep a process for the next command."""
        self._idle.append(process)

    def close(self) -> None:
        """End the idle processes."""
        while self._idle:
            process = self._idle.pop()
            for pipe in (process.stdin, process.stdout):
                assert pipe is not None
                with contextlib.suppress(OSError):
                    pipe.close()
            process.wait()

    def _started(self, log: Path) -> subprocess.Popen[bytes]:
        own: dict[str, Any] = (
            {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
            if os.name == "nt"
            else {"start_new_session": True}  # a Ctrl-C in the terminal is ours to pass on
        )
        file = open_own(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            return subprocess.Popen(
                COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=file,
                env=self._environment, **own,
            )  # fmt: skip
        finally:
            os.close(file)


class Work:
    """The render of a film, or of a part of it, in another process.

    If this process is killed, the render ends at its next frame, with its checkpoint, because
    nobody reads its progress any more.

    Parameters
    ----------
    arguments : sequence of str
        Of `phosphene`.
    target : Path
        The file that is made.
    log : Path
        For what the render prints; it is continued.
    processes : Processes
    """

    def __init__(
        self, arguments: Sequence[str], target: Path, log: Path, processes: Processes
    ) -> None:
        self._arguments, self._target, self._log = arguments, target, log
        self._processes = processes
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()

    def run(self, on_progress: OnProgress) -> Outcome:
        """Make the film; call on_progress(done, total, stage) for each frame."""
        _wait_for(self._target)
        clock, place = _Clock(time.monotonic()), 0
        if self._stopping.is_set():
            return Outcome("stopped")
        if self._log.is_file():
            place = self._log.stat().st_size
        process = self._processes.begin([*self._arguments, "--progress", "json"], self._log)
        self._process = process
        if self._stopping.is_set():
            self.stop()
        assert process.stdout is not None
        for line in process.stdout:
            with contextlib.suppress(ValueError, TypeError, KeyError):
                said = json.loads(line)
                if "ended" in said:
                    self._processes.give(process)
                    return Outcome("made", "", clock.passed(), clock.figures())
                step = int(said["done"]), int(said["total"]), str(said["stage"])
                clock.note(*step)
                on_progress(*step)
        return self._outcome(process.wait(), clock, place)

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

    def _outcome(self, code: int, clock: _Clock, place: int) -> Outcome:
        seconds, figures = clock.passed(), clock.figures()
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

    def passed(self) -> float:
        return time.monotonic() - self.begun

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
