"""The song as the browser plays and draws it, decoded here so that times match the analysis.

Browsers cut the silence at the start of an mp3 differently from ffmpeg. In a WAV file
decoded by Phosphene, sample k is at the same time on both sides.
"""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Iterator
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from phosphene.song.audio.reading import read_audio
from phosphene.song.audio.streams import AudioStream
from phosphene.song.song import Song

LONG = 20 * 60  # seconds; a longer song plays in mono at the rate of the analysis, to save memory
CHUNK = 1 << 18
FINEST = 64  # samples in a bucket of the finest level: 3 ms
FACTOR = 4  # buckets of a level in one of the next
FEWEST = 1500  # buckets; coarser levels are not needed

Levels = list[NDArray[np.int8]]


def wave_of(song: Song) -> IO[bytes]:
    """A WAV file of a song, 16 bits: stereo at its own rate, or mono if it is long.

    Returns
    -------
    file
        Temporary and without a name; at its start.

    Raises
    ------
    SongError
        If the song's file can no longer be read.
    """
    if song.path is None or song.duration > LONG:
        file = _new_file(1, song.sample_rate)
        for first in range(0, len(song.samples), CHUNK):
            _write(file, song.samples[first : first + CHUNK, None])
        return _finished(file)
    return read_audio(song.path, _decoded, song.track)


def chunks(file: IO[bytes]) -> Iterator[bytes]:
    """The content of a file in pieces; closes it."""
    with file:
        while piece := file.read(CHUNK):
            yield piece


def length_of(file: IO[bytes]) -> int:
    """Size of an open file in bytes; its position is left at the start."""
    length = file.seek(0, 2)
    file.seek(0)
    return length


def _decoded(source: AudioStream) -> IO[bytes]:
    file = _new_file(min(source.channels, 2), source.rate)
    for block in source.blocks:
        _write(
            file, block if block.shape[1] <= 2 else block.mean(axis=1, keepdims=True).repeat(2, 1)
        )
    return _finished(file)


def _new_file(channels: int, rate: int) -> IO[bytes]:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by its reader
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


def peaks(samples: NDArray[np.float32]) -> Levels:
    """The extremes and the RMS of the samples in buckets, at several resolutions.

    Parameters
    ----------
    samples : ndarray, shape (n,), float32

    Returns
    -------
    list of ndarray, shape (n_buckets, 3), int8
        Lowest, highest and RMS of `FINEST` samples in the first level, and of `FACTOR` times as
        many in each further one; 127 is the largest sample of the song.
    """
    count = max(1, -(-len(samples) // FINEST))
    padded = np.zeros((count, FINEST), np.float32)
    padded.reshape(-1)[: len(samples)] = samples
    low, high = padded.min(axis=1), padded.max(axis=1)
    power = np.mean(np.square(padded), axis=1)
    scale = 127.0 / max(float(np.max(np.abs([low, high]))), 1e-6)
    levels = [_level(low, high, power, scale)]
    while len(low) > FEWEST:
        starts = np.arange(0, len(low), FACTOR)
        lengths = np.diff(np.append(starts, len(low)))
        low, high = np.minimum.reduceat(low, starts), np.maximum.reduceat(high, starts)
        power = np.add.reduceat(power, starts) / lengths
        levels.append(_level(low, high, power, scale))
    return levels


def _level(
    low: NDArray[Any], high: NDArray[Any], power: NDArray[Any], scale: float
) -> NDArray[np.int8]:
    columns = np.stack([low, high, np.sqrt(power)], axis=1) * scale
    return np.clip(np.rint(columns), -127, 127).astype(np.int8)
