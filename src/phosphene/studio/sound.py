"""The song as the browser plays it: decoded here, so that its times are those of the analysis.

Browsers cut the silence at the start of an mp3 differently from ffmpeg. As a WAV file of what
Phosphene itself decodes, sample k is at the same time on both sides.
"""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Iterator
from typing import IO

import numpy as np
from numpy.typing import NDArray

from phosphene.song.audio.reading import read_audio
from phosphene.song.audio.streams import AudioStream
from phosphene.song.song import Song

LONG = 20 * 60  # seconds; a longer song plays in mono at the rate of the analysis, to save memory
CHUNK = 1 << 18


def wave_of(song: Song) -> IO[bytes]:
    """A WAV file of a song, 16 bits: stereo at its own rate, or mono where it is long.

    Returns
    -------
    file
        Temporary and without a name; at its start.

    Raises
    ------
    SongError
        If the song's file cannot be read any more.
    """
    if song.path is None or song.duration > LONG:
        file = _begun(1, song.sample_rate)
        for first in range(0, len(song.samples), CHUNK):
            _write(file, song.samples[first : first + CHUNK, None])
        return _finished(file)
    return read_audio(song.path, _copied, song.track)


def chunks(file: IO[bytes]) -> Iterator[bytes]:
    """The content of a file in pieces; closes it."""
    with file:
        while piece := file.read(CHUNK):
            yield piece


def length_of(file: IO[bytes]) -> int:
    """Bytes of a file, which stays at its start."""
    length = file.seek(0, 2)
    file.seek(0)
    return length


def _copied(source: AudioStream) -> IO[bytes]:
    file = _begun(min(source.channels, 2), source.rate)
    for block in source.blocks:
        _write(
            file, block if block.shape[1] <= 2 else block.mean(axis=1, keepdims=True).repeat(2, 1)
        )
    return _finished(file)


def _begun(channels: int, rate: int) -> IO[bytes]:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - who reads it closes it
    frame = 2 * channels
    head = struct.pack("<IHHIIHH", 16, 1, channels, rate, rate * frame, frame, 16)
    file.write(b"RIFF\0\0\0\0WAVEfmt " + head + b"data\0\0\0\0")
    return file


def _write(file: IO[bytes], samples: NDArray[np.float32]) -> None:
    file.write((np.clip(samples, -1.0, 1.0) * 32767.0).astype("<i2").tobytes())


def _finished(file: IO[bytes]) -> IO[bytes]:
    length = file.tell()
    for place, size in ((4, length - 8), (40, length - 44)):
        file.seek(place)
        file.write(struct.pack("<I", min(size, 2**32 - 1)))
    file.seek(0)
    return file
