"""Runs `phosphene render` in subprocesses, with its progress as JSON."""

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

STOP_SECONDS = 30.0  # for a render to save its checkpoint
BUSY = 60.0  # seconds for a render whose batch was killed to end
ATTEMPTS = 3  # if the process of a film is killed
MAX_ERROR = 2000  # characters of an error
COMMAND = (sys.executable, "-P", "-c", "from phosphene.cli.batches.serving import serve; serve()")
OnProgress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Outcome:
    """How a render ended.

    Attributes
    ----------
    state : {"made", "failed", "lost", "stopped"}
        A "lost" render was killed by another process; it can be resumed.
    error : str
    seconds : float
    figures : Figures or None
        The measured speed; None if fewer than two frames were painted.
    """

    state: Literal["made", "failed", "lost", "stopped"]
    error: str = ""
    seconds: float = 0.0
    figures: Figures | None = None


class Processes:
    """A pool of processes that render one film after another and import their libraries once.

    One that fails is not reused. They end with this process.

    Parameters
    ----------
    environment : mapping of str to str, optional
        Environment of the processes; by default, that of this one.
    """

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._environment = environment
        self._idle: deque[subprocess.Popen[bytes]] = deque()

    def begin(self, arguments: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
        """Start a command in an idle process, or in a new one."""
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
            except OSError:  # it was killed while idle
                process.wait()
                if not new:
                    continue
            return process

    def release(self, process: subprocess.Popen[bytes]) -> None:
        """Return a process to the pool."""
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
        options: dict[str, Any] = (
            {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
            if os.name == "nt"
            else {"start_new_session": True}  # so that Ctrl-C only reaches this process
        )
        file = open_own(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            return subprocess.Popen(
                COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=file,
                env=self._environment, **options,
            )  # fmt: skip
        finally:
            os.close(file)


class Work:
    """A render of a film or a part in a subprocess.

    If this process is killed, the render saves its checkpoint and ends at its next frame, because
    its progress can no longer be written.

    Parameters
    ----------
    arguments : sequence of str
        Arguments of `phosphene`.
    target : Path
        The output file.
    log : Path
        The log file; it is appended to.
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
        """Run the render; call on_progress(done, total, stage) for each frame."""
        _wait_for(self._target)
        timer, log_start = Timer(time.monotonic()), 0
        if self._stopping.is_set():
            return Outcome("stopped")
        if self._log.is_file():
            log_start = self._log.stat().st_size
        process = self._processes.begin([*self._arguments, "--progress", "json"], self._log)
        self._process = process
        if self._stopping.is_set():
            self.stop()
        assert process.stdout is not None
        for line in process.stdout:
            with contextlib.suppress(ValueError, TypeError, KeyError):
                message = json.loads(line)
                if "ended" in message:
                    self._processes.release(process)
                    return Outcome("made", "", timer.passed(), timer.figures())
                step = int(message["done"]), int(message["total"]), str(message["stage"])
                timer.update(*step)
                on_progress(*step)
        return self._outcome(process.wait(), timer, log_start)

    def stop(self) -> None:
        """Make the render save its checkpoint and end; kill it after `STOP_SECONDS`."""
        self._stopping.set()
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.send_signal(getattr(signal, "CTRL_BREAK_EVENT", signal.SIGTERM))
        killer = threading.Timer(STOP_SECONDS, process.kill)
        killer.daemon = True
        killer.start()

    def _outcome(self, code: int, timer: Timer, log_start: int) -> Outcome:
        seconds, figures = timer.passed(), timer.figures()
        if self._stopping.is_set():
            return Outcome("stopped", "", seconds, figures)
        if code < 0:
            name = signal.Signals(-code).name
            error = f"its process was killed by signal {-code} ({name}), perhaps for lack of memory"
            return Outcome("lost", error, seconds, figures)
        return Outcome("failed", last_error(self._log, log_start), seconds, figures)


class Timer:
    """Measures the time per frame of a render."""

    def __init__(self, begun: float) -> None:
        self.begun = begun
        self._first: tuple[float, int] | None = None
        self._last = 0.0, 0

    def update(self, done: int, total: int, stage: str) -> None:
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


def last_error(log: Path, start: int = 0) -> str:
    """The last error in a log after a position."""
    with os.fdopen(open_own(log, os.O_RDONLY), "rb") as file:
        file.seek(max(start, os.fstat(file.fileno()).st_size - (1 << 16)))
        text = file.read().decode(errors="replace").strip()
    _, mark, error = f"\n{text}".rpartition("\nError:")
    last = error if mark else text.rpartition("\n")[2]
    lines = [line.strip() for line in last.strip().splitlines()]
    return "\n".join(lines)[:MAX_ERROR] or "it ended without a message"


def _wait_for(target: Path) -> None:
    """Wait for a render whose batch was killed, which ends at its next frame."""
    until = time.monotonic() + BUSY
    folder = beside(target, ".resume")
    while folder.exists() and time.monotonic() < until:
        try:
            with locked(folder):
                return
        except FilmError:
            time.sleep(0.2)
