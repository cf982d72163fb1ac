"""Frames of a video in order: decoded ahead by a thread, with constant memory."""

from __future__ import annotations

import queue
import subprocess
import threading
from collections import OrderedDict
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from phosphene.errors import FilmError, ProjectError
from phosphene.footage.stills import fitted, read_still
from phosphene.footage.videos import Form, Video, frames_command, scan, video_of
from phosphene.score.guides import Clip

Pixels = NDArray[np.uint8]
"""RGBA, not premultiplied; shape (height, width, 4)."""

AHEAD = 4  # frames that are decoded in advance
CACHE = 1 << 26  # bytes of decoded frames to cache, but at least two frames


class Reader:
    """The frames of a clip.

    Parameters
    ----------
    clip : Clip
    form : Form

    Raises
    ------
    ProjectError
        If the file is missing, or cannot be read.
    """

    def __init__(self, clip: Clip, form: Form) -> None:
        self._clip, self._form = clip, form
        self._video: Video | None = None
        self._cache: OrderedDict[int, Pixels] = OrderedDict()
        self._capacity = max(2, CACHE // (4 * form.width * form.height))
        self._stream: _Stream | None = None
        self._length: int | None = None  # in frames of the film, known at the end of the video
        if clip.still:
            picture = fitted(read_still(clip.path, clip.entry), form, clip.contains)
            self._length, self._cache[0] = 1, picture
        else:
            self._video = video_of(clip)

    def frame(self, number: int) -> Pixels:
        """Frame `number` of the clip, from 0; it depends only on the number.

        Beyond the end it is the last frame, or that of the loop.

        Raises
        ------
        ProjectError
            If the video has no frames.
        FilmError
            If ffmpeg fails.
        """
        while True:
            place = self.place(number)
            if place in self._cache:
                self._cache.move_to_end(place)
                return self._cache[place]
            self._read(place)

    def place(self, number: int) -> int:
        """The number of a frame within the video, as far as its length is known."""
        if self._length is None or number < self._length:
            return number
        return number % self._length if self._clip.loops else self._length - 1

    def close(self) -> None:
        """Stop decoding."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _read(self, place: int) -> None:
        assert self._video is not None
        stream = self._stream
        if stream is None or not stream.next <= place <= stream.next + 2 * AHEAD:
            self.close()
            stream = self._stream = _Stream(self._clip, self._video, self._form, place)
        picture = stream.read()
        if picture is not None:
            self._cache[stream.next - 1] = picture
            while len(self._cache) > self._capacity:
                self._cache.popitem(last=False)
            return
        self._length = stream.next
        if stream.start == stream.next:  # it started beyond the end
            self._length, _ = scan(self._clip, self._video, self._form)
        if stream.was_killed() or place < self._length:
            raise FilmError(
                f"{self._clip.entry}: ffmpeg stopped before the end of {self._clip.path}",
                "Run the same command again; if memory ran out, make the film smaller (--size).",
            )
        self.close()
        if self._length == 0:
            raise ProjectError(
                f"{self._clip.entry}: {self._clip.path} has no frames to show",
                "Give a video that plays, and a `from` before its end.",
            )


class _Stream:
    """A run of ffmpeg, and the thread that reads its frames."""

    def __init__(self, clip: Clip, video: Video, form: Form, start: int) -> None:
        self.start = self.next = start
        self._shape = form.height, form.width, 4
        self._frames: queue.Queue[Pixels | None] = queue.Queue(AHEAD)
        self._stopped = threading.Event()
        self._process = subprocess.Popen(
            frames_command(clip, video, form, start),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._thread = threading.Thread(target=self._pump, daemon=True)
        self._thread.start()

    def read(self) -> Pixels | None:
        """The next frame; None at the end."""
        frame = self._frames.get()
        if frame is not None:
            self.next += 1
        return frame

    def was_killed(self) -> bool:
        """Whether it was killed, as when memory runs out; to be asked at its end."""
        return self._process.wait() < 0

    def close(self) -> None:
        self._stopped.set()
        self._process.kill()
        with suppress(queue.Empty):
            while True:
                self._frames.get_nowait()
        self._thread.join()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process.wait()

    def _pump(self) -> None:
        assert self._process.stdout is not None
        size = int(np.prod(self._shape))
        while not self._stopped.is_set():
            data = self._process.stdout.read(size)
            full = len(data) == size
            self._put(np.frombuffer(data, np.uint8).reshape(self._shape) if full else None)
            if not full:
                return

    def _put(self, frame: Pixels | None) -> None:
        while not self._stopped.is_set():
            with suppress(queue.Full):
                self._frames.put(frame, timeout=0.1)
                return
