"""Streams of raw audio in blocks: from soundfile if it supports the file, or else from ffmpeg."""

import os
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import soundfile
from numpy.typing import NDArray

from phosphene.errors import SongError

# When reading in blocks, soundfile seeks before each one, which damages mp3 frames at the seams.
_INEXACT_IN_BLOCKS = ("MP3", "MPEG")
BLOCK = 1 << 16  # frames per block: 1.5 s at 44.1 kHz, 2 MiB in 7.1
_CHANNELS = 8  # with more channels, a block has fewer frames
#: Full scale is 1, and 16-bit integers written as floats reach half of this. Larger samples are
#: damage.
LOUDEST = 2.0**16
#: Hz. Other rates mean a damaged header; one second would last half a day at 1 Hz.
RATES = range(1_000, 1_000_001)
MAX_SECONDS = 12 * 3600
_AU_HEADER = struct.Struct(">4sIIIII")  # magic, offset of the data, size, encoding, rate, channels

_OGG_SERIAL = slice(14, 18)  # of a page
_OGG_TAIL = 1 << 17  # bytes; a page has at most half


@dataclass
class AudioStream:
    """An opened file.

    Parameters
    ----------
    rate : int
        Sample rate in Hz.
    blocks : iterator of np.ndarray, shape (n, channels), float32
        Finite and at most `LOUDEST`; other samples are set to 0.
    channels : int
    frames : int or None
        Length, if known.
    damaged : int
        Number of damaged samples so far.
    """

    rate: int
    blocks: Iterator[NDArray[np.float32]]
    channels: int
    frames: int | None = None
    damaged: int = 0


class Unreadable(Exception):
    """This reader cannot read the file; the message is its reason."""


def _stream(
    rate: int, blocks: Iterator[NDArray[np.float32]], channels: int, frames: int | None
) -> AudioStream:
    if rate not in RATES:
        raise Unreadable(f"its sample rate is {rate} Hz; allowed are {RATES[0]} to {RATES[-1]} Hz")
    stream = AudioStream(rate, blocks, channels, frames)
    stream.blocks = _bounded(stream, blocks)
    return stream


def _bounded(
    stream: AudioStream, blocks: Iterator[NDArray[np.float32]]
) -> Iterator[NDArray[np.float32]]:
    """The blocks of a stream with damaged samples set to 0, for at most twelve hours."""
    frames = 0
    for block in blocks:
        frames += len(block)
        if frames > MAX_SECONDS * stream.rate:
            raise Unreadable(f"it lasts more than {MAX_SECONDS / 3600:g} hours")
        # One NaN would spread through the analysis; comparisons with it are false.
        damaged = ~(np.abs(block) <= LOUDEST)
        stream.damaged += int(damaged.sum())
        block[damaged] = 0.0
        yield block


def _block(channels: int) -> int:
    return BLOCK * _CHANNELS // max(channels, _CHANNELS)


@contextmanager
def open_soundfile(path: Path, track: int = 0) -> Iterator[AudioStream]:
    """Open wav, flac, ogg, opus, aiff ... through libsndfile.

    Raises
    ------
    Unreadable
        If libsndfile does not support the file, fails midway, or cannot read it completely (chained
        ogg) or exactly in blocks (mp3); or if its sample rate or length is outside the limits.
    """
    if track:
        raise Unreadable("libsndfile only reads the first track")
    try:
        # As bytes: soundfile cannot encode a name that is not UTF-8.
        with soundfile.SoundFile(os.fsencode(path)) as file:
            if file.format in _INEXACT_IN_BLOCKS:
                raise Unreadable(f"{file.format} is read through ffmpeg")
            if file.format == "OGG" and _is_chained(path):
                raise Unreadable("libsndfile only reads the first of its streams")
            if not file.seekable():
                raise Unreadable(f"this {file.format} cannot be read in blocks")
            blocks = file.blocks(_block(file.channels), dtype="float32", always_2d=True)
            yield _stream(file.samplerate, blocks, file.channels, file.frames)
    except soundfile.SoundFileError as error:
        raise Unreadable(str(error)) from error


def _is_chained(path: Path) -> bool:
    """Whether the last page of an Ogg file has another serial number, as in recordings of radio."""
    with path.open("rb") as file:
        first = file.read(_OGG_SERIAL.stop)
        file.seek(max(path.stat().st_size - _OGG_TAIL, 0))
        tail = file.read()
    last = tail[tail.rfind(b"OggS") :]
    return last[_OGG_SERIAL] != first[_OGG_SERIAL]


@contextmanager
def open_ffmpeg(path: Path, track: int = 0) -> Iterator[AudioStream]:
    """Open an audio track of anything that ffmpeg supports: mp3, m4a, webm, mp4, mkv ...

    The pipe uses Sun AU, the simplest stream with rate and channels in its header.

    Raises
    ------
    Unreadable
        If ffmpeg finds nothing to decode, or the sample rate or length is outside the limits.
    SongError
        If ffmpeg is not installed.
    """
    try:
        exe = imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        raise SongError(
            f"reading {path} needs ffmpeg, which was not found",
            "Reinstall imageio-ffmpeg, or convert the song to wav, flac, ogg or mp3.",
        ) from error
    # "file:" and the whitelist keep names and playlists from making ffmpeg access the network.
    command = [exe, "-nostdin", "-v", "error", "-protocol_whitelist", "file,pipe"]
    command += ["-i", f"file:{path}", "-map", f"0:a:{track}"]
    command += ["-c:a", "pcm_f32be", "-f", "au", "pipe:1"]
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors) as process,
    ):
        assert process.stdout is not None
        try:
            header = process.stdout.read(_AU_HEADER.size)
            if len(header) < _AU_HEADER.size:
                process.wait()
                errors.seek(0)
                raise Unreadable(errors.read().decode(errors="replace").strip())
            _, offset, _, _, rate, channels = _AU_HEADER.unpack(header)
            process.stdout.read(offset - _AU_HEADER.size)
            size = 4 * channels * _block(channels)
            chunks = iter(lambda: process.stdout.read(size), b"")  # type: ignore[union-attr]
            blocks = (_frames(chunk, channels) for chunk in chunks)
            yield _stream(rate, blocks, channels, _expected(path))
        finally:
            process.kill()


def _expected(path: Path) -> int | None:
    """The number of frames, by libsndfile, of a file that ffmpeg decodes, such as an mp3."""
    try:
        return int(soundfile.info(os.fsencode(path)).frames)
    except soundfile.SoundFileError:
        return None


def _frames(chunk: bytes, channels: int) -> NDArray[np.float32]:
    end = len(chunk) - len(chunk) % (4 * channels)  # the last frame may be incomplete
    return np.frombuffer(chunk[:end], dtype=">f4").astype(np.float32).reshape(-1, channels)
