"""Decodes films frame by frame."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from phosphene.errors import FilmError
from phosphene.film import ffmpeg
from phosphene.film.probe import probe

Frame = NDArray[np.uint8]


def decoded(film: Path) -> Iterator[Frame]:
    """Every frame of a film, in order: uint8, shape (height, width, 3), RGB.

    Raises
    ------
    FilmError
        If the file is not a film, or cannot be decoded to its end.
    """
    video = probe(film).video
    if video is None:
        raise FilmError(f"{film} has no video.", "Choose a film.")
    shape = (video.height, video.width, 3)
    command = [
        *(ffmpeg.executable(), "-nostdin", "-loglevel", "error", "-i", f"file:{film}"),
        *("-map", "0:v:0", "-fps_mode", "passthrough", "-f", "rawvideo"),
        *("-sws_flags", "bicubic+accurate_rnd+full_chroma_int", "-pix_fmt", "rgb24", "pipe:1"),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            while raw := process.stdout.read(int(np.prod(shape))):
                yield np.frombuffer(raw, np.uint8).reshape(shape)
        finally:
            process.stdout.close()
    if process.returncode:
        raise FilmError(f"{film} cannot be decoded to its end.", "Render it again.")


def luma(frame: NDArray[Any]) -> NDArray[np.float32]:
    """The luma of a frame of shape (height, width, 3), RGB, 0 to 255."""
    grey: NDArray[np.float32] = cv2.cvtColor(frame.astype(np.float32), cv2.COLOR_RGB2GRAY)
    return grey
