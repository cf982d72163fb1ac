"""Raw audio in blocks, from soundfile where it can read the file and from ffmpeg elsewhere."""

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

# Read in blocks, soundfile seeks before each one, which in mp3 damages the frames at the seam.
_INEXACT_IN_BLOCKS = ("MP3", "MPEG")
BLOCK = 1 << 16  # frames a block: 1.5 s at 44.1 kHz, 2 MiB in 7.1
_AU_HEADER = struct.Struct(">4sIIIII")  # magic, offset of the data, size, encoding, rate, channels


@dataclass(frozen=True)
class Source:
    """An opened file.

    Parameters
    ----------
    rate : int
        Its own, in Hz.
    blocks : iterator of np.ndarray, shape (n, channels), float32
    channels : int
    frames : int or None
        Length, where the file says so.
    """

    rate: int
    blocks: Iterator[NDArray[np.float32]]
    channels: int
    frames: int | None = None


class Unreadable(Exception):
    """This reader can not read the file; the text is its own reason."""


@contextmanager
def open_soundfile(path: Path, track: int = 0) -> Iterator[Source]:
    """Open wav, flac, ogg, opus, aiff ... through libsndfile.

    Raises
    ------
    Unreadable
        If libsndfile does not know the file, stumbles in the middle of it, or can not read it
        exactly in blocks (mp3).
    """
    if track:
        raise Unreadable("libsndfile reads the first track alone")
    try:
        with soundfile.SoundFile(path) as file:
            if file.format in _INEXACT_IN_BLOCKS:
                raise Unreadable(f"{file.format} is read through ffmpeg")
            blocks = file.blocks(BLOCK, dtype="float32", always_2d=True)
            yield Source(file.samplerate, blocks, file.channels, file.frames)
    except soundfile.SoundFileError as error:
        raise Unreadable(str(error)) from error


@contextmanager
def open_ffmpeg(path: Path, track: int = 0) -> Iterator[Source]:
    """Open an audio track of anything that ffmpeg knows: mp3, m4a, webm, mp4, mkv ...

    The pipe carries Sun AU: the simplest stream whose header states rate and channels.

    Raises
    ------
    Unreadable
        If ffmpeg finds nothing to decode.
    SongError
        If there is no ffmpeg on this machine.
    """
    try:
        exe = imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        raise SongError(
            f"{path} needs ffmpeg to be read, and no ffmpeg was found",
            "Reinstall imageio-ffmpeg, or convert the song to wav, flac, ogg or mp3.",
        ) from error
    # "file:" and the whitelist: a name or a playlist must not make ffmpeg reach for the network.
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
            frame = 4 * channels
            chunks = iter(lambda: process.stdout.read(BLOCK * frame), b"")  # type: ignore[union-attr]
            blocks = (_frames(chunk, channels) for chunk in chunks)
            yield Source(rate, blocks, channels, _expected(path))
        finally:
            process.kill()


def _expected(path: Path) -> int | None:
    """How many frames libsndfile counts in a file that ffmpeg decodes, such as an mp3."""
    try:
        return int(soundfile.info(path).frames)
    except soundfile.SoundFileError:
        return None


def _frames(chunk: bytes, channels: int) -> NDArray[np.float32]:
    whole = len(chunk) - len(chunk) % (4 * channels)
    return np.frombuffer(chunk[:whole], dtype=">f4").astype(np.float32).reshape(-1, channels)
