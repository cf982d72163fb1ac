"""Decode any audio file to the mono signal that is analysed, in bounded memory."""

import difflib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from phosphene.errors import SongError
from phosphene.song.sources import Source, Unreadable, open_ffmpeg, open_soundfile

ANALYSIS_RATE = 22050


@dataclass(frozen=True, eq=False)
class Decoded:
    """A decoded file.

    Parameters
    ----------
    samples : np.ndarray, shape (n,), float32
        Mono; sample k lies at ``k / ANALYSIS_RATE`` seconds of the file.
    duration : float
        Seconds: the frames that decoded, over the file's own rate.
    """

    samples: NDArray[np.float32]
    duration: float


def decode(path: Path) -> Decoded:
    """Decode `path` to mono at `ANALYSIS_RATE`; a truncated file gives what decodes.

    Parameters
    ----------
    path : Path
        wav, flac, ogg, mp3 and all else that libsndfile or ffmpeg reads, video files included.

    Raises
    ------
    SongError
        If there is no such file, or it is a folder, is not audio, or holds no sound.
    """
    _require_file(path)
    reasons = []
    for opener in (open_soundfile, open_ffmpeg):
        try:
            with opener(path) as source:
                decoded = _to_mono(source)
        except Unreadable as error:
            reasons.append(str(error))
            continue
        if decoded.duration > 0:
            return decoded
        reasons.append("no samples")
    if any(sign in reason for reason in reasons for sign in ("no samples", "matches no streams")):
        raise SongError(
            f"{path} holds no sound: it has no audio stream, or one of 0 samples",
            "Give a file that plays, or export the song again.",
        )
    reason = (reasons[-1].splitlines() or ["unknown format"])[-1]
    raise SongError(
        f"{path} is not audio that can be read ({reason})",
        "Give a wav, flac, ogg, mp3, m4a, opus or video file; the content counts, not the name.",
    )


def _require_file(path: Path) -> None:
    if path.is_dir():
        raise SongError(f"{path} is a folder, not a song", "Name one audio file in it.")
    if not path.exists():
        folder = path.parent
        names = [p.name for p in folder.iterdir()] if folder.is_dir() else []
        near = difflib.get_close_matches(path.name, names, n=1)
        hint = f"Did you mean {folder / near[0]}?" if near else "Check the path and the spelling."
        raise SongError(f"there is no song {path}", hint)
    if path.stat().st_size == 0:
        raise SongError(f"{path} is empty: 0 bytes", "Copy or export the song again.")


def _to_mono(source: Source) -> Decoded:
    # soxr's stream has no delay once flushed, so sample k stays at k / ANALYSIS_RATE.
    stream = soxr.ResampleStream(source.rate, ANALYSIS_RATE, 1, dtype="float32", quality="HQ")
    pieces, frames = [], 0
    for block in source.blocks:
        # Broken float files hold NaN or infinity, and one would spread over the whole analysis.
        clean = np.nan_to_num(block, nan=0.0, posinf=0.0, neginf=0.0)
        pieces.append(stream.resample_chunk(clean.mean(axis=1, dtype=np.float32)))
        frames += len(block)
    pieces.append(stream.resample_chunk(np.zeros(0, np.float32), last=True))
    return Decoded(np.concatenate(pieces), frames / source.rate)
