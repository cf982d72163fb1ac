"""The audio tracks of a file, and which of them is the song."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import soundfile

from phosphene.errors import SongError

_STREAM = re.compile(r"^ *Stream #0:\d+(?:\[\w+\])?(?:\((\w+)\))?: Audio: (.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Track:
    """One of the audio tracks of a file.

    Parameters
    ----------
    index : int
        From 0, among the audio tracks.
    count : int
        How many the file has; 0 where that is not known.
    language : str
        As the file says, such as ``"eng"``; empty where it does not.
    """

    index: int = 0
    count: int = 0
    language: str = ""

    def __str__(self) -> str:
        named = f" ({self.language})" if self.language else ""
        return f"{self.index + 1} of {self.count}{named}"


def choose_track(path: Path, wanted: int | None = None) -> Track:
    """The audio track of a file that is the song.

    Parameters
    ----------
    path : Path
        A file that is there.
    wanted : int, optional
        Counted from 1. Without it, the first track that the file calls its default one, or else
        the first of all.

    Raises
    ------
    SongError
        If the file has no such track.
    """
    tracks = _tracks(path)
    if wanted is None:
        default = (index for index, (_, line) in enumerate(tracks) if "(default)" in line)
        index = next(default, 0)
    elif wanted > max(1, len(tracks)):
        several = f"{len(tracks)} audio tracks" if len(tracks) > 1 else "one audio track"
        raise SongError(
            f"song.track: {wanted} is not one of the tracks of {path}, which has {several}",
            "Tracks count from 1; leave `track` out to take the default one.",
        )
    else:
        index = wanted - 1
    language = tracks[index][0] if tracks else ""
    return Track(index, len(tracks), "" if language == "und" else language)


def _tracks(path: Path) -> list[tuple[str, str]]:
    """Language and description of each track; none where the file is not one of several tracks."""
    try:
        soundfile.info(os.fsencode(path))
    except (soundfile.SoundFileError, RuntimeError):
        pass
    else:
        return []  # libsndfile reads formats of one track
    try:
        program = imageio_ffmpeg.get_ffmpeg_exe()
        safely = ("-nostdin", "-hide_banner", "-protocol_whitelist", "file,pipe")
        report = subprocess.run(
            [program, *safely, "-i", f"file:{path}"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
        ).stderr
    except (OSError, RuntimeError, subprocess.TimeoutExpired):
        return []  # the decoder tells what is wrong
    return _STREAM.findall(report.decode(errors="replace"))
