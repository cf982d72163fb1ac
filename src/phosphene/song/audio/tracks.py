"""The audio tracks of a file, and the choice of one."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import soundfile

from phosphene.errors import SongError

_STREAM = re.compile(r"^ *Stream #0:\d+(?:\[\w+\])?(?:\((.*?)\))?: Audio: (.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Track:
    """An audio track of a file.

    Parameters
    ----------
    index : int
        Index among the audio tracks, from 0.
    count : int
        Number of audio tracks in the file; 0 if unknown.
    language : str
        Language code in the file, such as ``"eng"``; empty if unknown.
    """

    index: int = 0
    count: int = 0
    language: str = ""

    def __str__(self) -> str:
        named = f" ({self.language})" if self.language else ""
        return f"{self.index + 1} of {self.count}{named}"


def choose_track(path: Path, wanted: int | None = None) -> Track:
    """Choose the audio track of a file.

    Parameters
    ----------
    path : Path
        An existing file.
    wanted : int, optional
        Number of the track, counted from 1. By default the first one marked as default in the
        file, or else the first.

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
            "Tracks count from 1; omit `track` to use the default one.",
        )
    else:
        index = wanted - 1
    language = tracks[index][0] if tracks else ""
    return Track(index, len(tracks), "" if language == "und" else language)


def _tracks(path: Path) -> list[tuple[str, str]]:
    """Language and description of each track; empty if the file has only one."""
    try:
        soundfile.info(os.fsencode(path))
    except (soundfile.SoundFileError, RuntimeError):
        pass
    else:
        return []  # libsndfile only reads single-track formats
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
        return []  # the decoder reports the error
    return _STREAM.findall(report.decode(errors="replace"))
