"""Reading an audio file with the first reader that can."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from phosphene.errors import SongError
from phosphene.song.files import require_file
from phosphene.song.sources import Source, Unreadable, open_ffmpeg, open_soundfile

T = TypeVar("T")


def read_audio(path: Path, consume: Callable[[Source], T], track: int = 0) -> T:
    """Give an audio file, opened, to a function; a truncated file holds what decodes.

    Parameters
    ----------
    path : Path
        wav, flac, ogg, mp3 and all else that libsndfile or ffmpeg reads, video files included.
    consume : callable
        consume(source) reads the blocks. It is called again, with another reader, where the first
        stumbles in the middle; it may raise `Unreadable` itself.
    track : int, optional
        Which of the file's audio tracks, from 0.

    Raises
    ------
    SongError
        If there is no such file, or it is a folder, is not audio, holds no sound, or has a sample
        rate or a length that no song has.
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
            f"{path} holds no sound: it has no audio stream, or one of 0 samples",
            "Give a file that plays, or export the song again.",
        )
    reason = (reasons[-1].splitlines() or ["unknown format"])[-1]
    raise SongError(
        f"{path} is not audio that Phosphene reads ({reason})",
        "Give a wav, flac, ogg, mp3, m4a, opus or video file; the content counts, not the name.",
    )
