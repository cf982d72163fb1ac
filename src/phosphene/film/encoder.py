"""One ffmpeg process, fed from a bounded queue so that painting and encoding run in parallel."""

import contextlib
import os
import queue
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, cast

from phosphene.errors import FilmError

DEPTH = 8  # frames in the queue
LINES = 12  # of ffmpeg's error output
STOPPED = 10  # seconds that ffmpeg may be stopped, as by SIGSTOP
SILENT = 600  # seconds without progress; ffmpeg may have to move an entire film on a slow disk

FIXES = {
    "No space left on device": "Free some space on the disk, or write the film elsewhere.",
    "File too large": "The file system or a limit (ulimit -f) forbids files this large.",
    "No such file": "A file that the film needs was removed or renamed; restore it.",
    "Unknown encoder": "This ffmpeg lacks the encoder: unset PHOSPHENE_FFMPEG, or choose .mp4.",
    "signal 9": "Another process killed it; if memory ran out, make the film smaller (--size).",
}


class Encoder:
    """A running ffmpeg.

    Parameters
    ----------
    command : list of str
        The program and its arguments. It reads raw frames from standard input and writes progress
        or a list of frames to standard output.
    folder : Path or None
        Working directory.

    Raises
    ------
    FilmError
        If the program does not start.
    """

    def __init__(self, command: list[str], folder: Path | None = None) -> None:
        try:
            # In a session or group of its own, so that Ctrl-C reaches only Phosphene.
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
        except OSError as error:
            raise FilmError(
                f"{command[0]} could not be started: {error}", "Run `phosphene doctor`."
            ) from error
        self.frames = 0
        self._queue: queue.Queue[Iterable[bytes] | None] = queue.Queue(DEPTH)
        self._failure: Exception | None = None
        self._broken = threading.Event()
        self._error_lines: deque[str] = deque(maxlen=LINES)
        self._progress = 0
        self._writer = threading.Thread(target=self._feed, daemon=True)
        # `Popen.wait` with a timeout notices the exit up to 50 ms late.
        self._waiter = threading.Thread(target=self._process.wait, daemon=True)
        self._readers = [
            threading.Thread(target=target, daemon=True)
            for target in (self._read_errors, self._read_progress)
        ]
        for thread in (self._writer, self._waiter, *self._readers):
            thread.start()

    def put(self, frames: Iterable[bytes]) -> None:
        """Queue some frames; wait while the queue is full.

        Parameters
        ----------
        frames : iterable of bytes
            Raw pixels. An iterator is consumed by the thread that feeds ffmpeg.

        Raises
        ------
        FilmError
            If ffmpeg has exited, with its error output, or hangs.
        Exception
            If an iterator raised it.
        """
        if self._broken.is_set():
            self._end()
            raise self._error()
        self._await(lambda: self._queued(frames))

    def finish(self) -> None:
        """Flush the queue and wait until the file is complete; `frames` is then the frame count.

        Raises
        ------
        FilmError
            If ffmpeg failed, with its error output, or hangs.
        """
        self._end()
        if self._broken.is_set() or self._process.returncode:
            raise self._error()

    def kill(self) -> None:
        """Kill ffmpeg; its output is unusable. Harmless if it has exited."""
        self._process.kill()
        self._end()

    def _feed(self) -> None:
        pipe = cast(IO[bytes], self._process.stdin)
        try:
            while (frames := self._queue.get()) is not None:
                for frame in self._made(frames):
                    pipe.write(frame)
                    self._progress += 1
            pipe.close()
        except Exception:  # of the frames, or because ffmpeg has exited
            self._broken.set()
            # Keep emptying the queue, or the painter would block forever.
            while self._queue.get() is not None:
                pass
            with contextlib.suppress(OSError):
                pipe.close()

    def _made(self, frames: Iterable[bytes]) -> Iterator[bytes]:
        try:
            yield from frames
        except Exception as error:
            self._failure = error
            raise

    def _read_errors(self) -> None:
        pipe = cast(IO[bytes], self._process.stderr)
        for line in pipe:
            self._error_lines.append(line.decode(errors="replace").rstrip())
        pipe.close()

    def _read_progress(self) -> None:
        pipe = cast(IO[bytes], self._process.stdout)
        for line in pipe:
            self._progress += 1
            name, _, value = line.partition(b"=")
            if name == b"frame" and value.strip().isdigit():
                self.frames = int(value)
            elif line[:1].isdigit():  # a frame, as the muxer `framecrc` lists it
                self.frames += 1
        pipe.close()

    def _queued(self, frames: Iterable[bytes] | None) -> bool:
        try:
            self._queue.put(frames, timeout=1.0)
        except queue.Full:
            return False
        return True

    def _ended(self, thread: threading.Thread) -> bool:
        thread.join(1.0)
        return not thread.is_alive()

    def _end(self) -> None:
        if self._writer.is_alive():
            self._await(lambda: self._queued(None))
            self._await(lambda: self._ended(self._writer))
        self._await(lambda: self._ended(self._waiter))
        for reader in self._readers:
            reader.join(STOPPED)  # a wrapper script's child may keep the pipe open

    def _await(self, done: Callable[[], bool]) -> None:
        """Repeat a step of at most one second until it is done or ffmpeg hangs.

        Counts steps instead of reading the clock, so time while the computer sleeps is ignored.
        """
        stopped, silent, signs = 0, 0, self._progress
        while not done():
            stopped = stopped + 1 if _is_stopped(self._process.pid) else 0
            silent = silent + 1 if self._progress == signs else 0
            signs = self._progress
            if stopped >= STOPPED or silent >= SILENT:
                self._process.kill()
                how = (
                    f"was paused by another process for {STOPPED} s (SIGSTOP)"
                    if stopped
                    else f"made no progress for {SILENT} s"
                )
                raise FilmError(
                    f"ffmpeg (process {self._process.pid}) {how}.",
                    "Check the disk, then run the same command again.",
                )

    def _error(self) -> Exception:
        if self._failure is not None:
            return self._failure
        code = self._process.returncode
        how = f"was killed by signal {-code}" if code < 0 else f"failed with code {code}"
        if code < 0 and -code in set(signal.Signals):
            how += f" ({signal.Signals(-code).name})"
        message = "\n".join([f"ffmpeg {how}.", *self._error_lines])
        fix = next(
            (fix for sign, fix in FIXES.items() if sign in message), "Run `phosphene doctor`."
        )
        return FilmError(message, fix)


def _is_stopped(child: int) -> bool:
    """Whether a child process is stopped, as by SIGSTOP; False on systems without `waitid`."""
    if not hasattr(os, "waitid"):
        return False
    try:
        state = os.waitid(os.P_PID, child, os.WSTOPPED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return state is not None and state.si_code == os.CLD_STOPPED
