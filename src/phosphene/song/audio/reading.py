"""Reads audio files: block by block, or decoded to the mono signal of the analysis."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import soxr
from numpy.typing import NDArray

from phosphene.errors import SongError
from phosphene.song.audio.streams import AudioStream, Unreadable, open_ffmpeg, open_soundfile
from phosphene.song.files import require_file

T = TypeVar("T")

ANALYSIS_RATE = 22050  # Hz


def read_audio(path: Path, consume: Callable[[AudioStream], T], track: int = 0) -> T:
    """Open an audio file and pass it to a function; a truncated file ends early.

    Parameters
    ----------
    path : Path
        Any file that libsndfile or ffmpeg reads: wav, flac, ogg, mp3, video files, and others.
    consume : callable
        consume(stream) reads the blocks. It is called again with another reader if the first fails
        midway; it may also raise `Unreadable`.
    track : int, optional
        Index of the audio track, from 0.

    Raises
    ------
    SongError
        If the file does not exist, is a folder, is not audio, contains no sound, or has a sample
        rate or a length outside the limits.
    """
    require_file(path)
    reasons = []
    for opener in (open_soundfile, open_ffmpeg):
        try:
            with opener(path, track) as stream:
                return consume(stream)
        except Unreadable as error:
            reasons.append(str(error))
    if any(sign in reason for reason in reasons for sign in ("no samples", "matches no streams")):
        raise SongError(
            f"{path} contains no sound: it has no audio stream, or one of 0 samples",
            "Choose another file, or export the song again.",
        )
    reason = (reasons[-1].splitlines() or ["unknown format"])[-1]
    raise SongError(
        f"{path} is not a supported audio file ({reason})",
        "Use a wav, flac, ogg, mp3, m4a, opus or video file; the content counts, not the name.",
    )


@dataclass(frozen=True, eq=False)
class Decoded:
    """A decoded file.

    Parameters
    ----------
    samples : np.ndarray, shape (n,), float32
        Mono; sample k is at ``k / ANALYSIS_RATE`` seconds.
    duration : float
        Seconds: the number of decoded frames, over the file's own rate.
    damaged : int
        Number of samples that are not finite or far beyond full scale, and were set to 0.
    """

    samples: NDArray[np.float32]
    duration: float
    damaged: int = 0


def decode(path: Path, progress: Callable[[float], None] | None = None, track: int = 0) -> Decoded:
    """Decode `path` to mono at `ANALYSIS_RATE`; a truncated file gives the part that decodes.

    Parameters
    ----------
    path : Path
        Any file that libsndfile or ffmpeg reads: wav, flac, ogg, mp3, video files, and others.
    progress : callable, optional
        Called with the share done, 0 to 1, if the length of the file is known.
    track : int, optional
        Index of the audio track, from 0.

    Raises
    ------
    SongError
        If the file does not exist, is a folder, is not audio, or contains no sound.
    """
    decoded = read_audio(path, lambda stream: _to_mono(stream, progress), track)
    if decoded.damaged:
        logging.getLogger(__name__).warning(
            "%s: %d samples are not finite, or far beyond full scale; they are treated as silence",
            path,
            decoded.damaged,
        )
    return decoded


def _to_mono(stream: AudioStream, progress: Callable[[float], None] | None) -> Decoded:
    # soxr has no delay once flushed, so sample k stays at k / ANALYSIS_RATE.
    resampler = soxr.ResampleStream(stream.rate, ANALYSIS_RATE, 1, dtype="float32", quality="HQ")
    # Grows in place: joining the blocks of two hours would need twice the memory.
    mono, frames = bytearray(), 0
    for block in stream.blocks:
        mono += resampler.resample_chunk(block.mean(axis=1, dtype=np.float32)).data
        frames += len(block)
        if progress and stream.frames:
            progress(min(frames / stream.frames, 1.0))
    mono += resampler.resample_chunk(np.zeros(0, np.float32), last=True).data
    if not frames:
        raise Unreadable("no samples")
    return Decoded(np.frombuffer(mono, np.float32), frames / stream.rate, stream.damaged)
