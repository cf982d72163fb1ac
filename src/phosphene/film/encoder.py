"""One ffmpeg process, fed from a bounded queue so that painting and encoding run side by side."""

import contextlib
import queue
import signal
import subprocess
import threading
from collections import deque
from typing import IO, cast

from phosphene.errors import FilmError

DEPTH = 8  # frames that may wait
LINES = 12  # of ffmpeg's last words kept

FIXES = {
    "No space left on device": "Free some space on the disk, or write the film elsewhere.",
    "File too large": "The file system or a limit (ulimit -f) forbids files this large.",
    "No such file": "Something that the film needs was removed or renamed meanwhile; put it back.",
    "Unknown encoder": "This ffmpeg lacks the encoder: unset PHOSPHENE_FFMPEG, or choose .mp4.",
    "signal 9": "It was killed from outside; if memory ran out, make the film smaller (--size).",
}


class Encoder:
    """A running ffmpeg.

    Parameters
    ----------
    command : list of str
        The program and its arguments; it reads raw frames from standard input.

    Raises
    ------
    FilmError
        If the program does not start.
    """

    def __init__(self, command: list[str]) -> None:
        try:
            # A session of its own: the terminal's Ctrl-C is for us, and we end it in order.
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise FilmError(
                f"{command[0]} does not start: {error}", "Run `phosphene doctor`."
            ) from error
        self._queue: queue.Queue[bytes | None] = queue.Queue(DEPTH)
        self._broken = threading.Event()
        self._words: deque[str] = deque(maxlen=LINES)
        self._writer = threading.Thread(target=self._feed, daemon=True)
        self._reader = threading.Thread(target=self._hear, daemon=True)
        self._writer.start()
        self._reader.start()

    def put(self, frame: bytes) -> None:
        """Queue one frame; wait while the queue is full.

        Parameters
        ----------
        frame : bytes
            Raw pixels.

        Raises
        ------
        FilmError
            If ffmpeg has ended, with its last words.
        """
        if self._broken.is_set():
            self._end()
            raise self._error()
        self._queue.put(frame)

    def finish(self) -> None:
        """Send what is queued and wait until the file is whole.

        Raises
        ------
        FilmError
            If ffmpeg failed, with its last words.
        """
        self._end()
        if self._broken.is_set() or self._process.returncode:
            raise self._error()

    def kill(self) -> None:
        """End ffmpeg at once; what it wrote is worthless. Harmless if it has ended."""
        self._process.kill()
        self._end()

    def _feed(self) -> None:
        pipe = cast(IO[bytes], self._process.stdin)
        try:
            while (frame := self._queue.get()) is not None:
                pipe.write(frame)
            pipe.close()
        except OSError:
            self._broken.set()
            # ffmpeg is gone: keep emptying the queue, or the painter would wait for ever.
            while self._queue.get() is not None:
                pass
            with contextlib.suppress(OSError):
                pipe.close()

    def _hear(self) -> None:
        pipe = cast(IO[bytes], self._process.stderr)
        for line in pipe:
            self._words.append(line.decode(errors="replace").rstrip())
        pipe.close()

    def _end(self) -> None:
        if self._writer.is_alive():
            self._queue.put(None)
            self._writer.join()
        self._process.wait()
        self._reader.join()

    def _error(self) -> FilmError:
        code = self._process.returncode
        how = f"was ended by signal {-code}" if code < 0 else f"failed with code {code}"
        if code < 0 and -code in set(signal.Signals):
            how += f" ({signal.Signals(-code).name})"
        words = "\n".join([f"ffmpeg {how}.", *self._words])
        fix = next((fix for sign, fix in FIXES.items() if sign in words), "Run `phosphene doctor`.")
        return FilmError(words, fix)
