"""Reads an audio file with the first reader that supports it."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from phosphene.errors import SongError
from phosphene.song.files import require_file
from phosphene.song.sources import Source, Unreadable, open_ffmpeg, open_soundfile

T = TypeVar("T")


def read_audio(path: Path, consume: Callable[[Source], T], track: int = 0) -> T:
    """Open an audio file and pass it to a function; a truncated file ends early.

    Parameters
    ----------
    path : Path
        Any file that libsndfile or ffmpeg reads: wav, flac, ogg, mp3, video files, and others.
    consume : callable
        consume(source) reads the blocks. It is called again with another reader if the first fails
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
            with opener(path, track) as source:
                return consume(source)
        except Unreadable as error:
            reasons.append(str(error))
    if any(sign in reason for reason in reasons for sign in ("no samples", "matches no streams")):
        raise SongError(
            f"{path} contains no sound: it has no audio stream, or one of 0 samples",
            "Choose a file that plays, or export the song again.",
        )
    reason = (reasons[-1].splitlines() or ["unknown format"])[-1]
    raise SongError(
        f"{path} is not a supported audio file ({reason})",
        "Use a wav, flac, ogg, mp3, m4a, opus or video file; the content counts, not the name.",
    )
