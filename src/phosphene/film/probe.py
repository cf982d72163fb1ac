"""Reads ffmpeg's report about a media file, as imageio-ffmpeg ships no ffprobe."""

import re
import subprocess
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from phosphene.errors import FilmError
from phosphene.film import ffmpeg

LAYOUTS = {"mono": 1, "stereo": 2, "2.1": 3, "quad": 4, "5.0": 5, "5.1": 6, "6.1": 7, "7.1": 8}
# ffmpeg rounds rates to two decimals; these are the exact values.
RATES = {f"{1000 * n / 1001:.2f}": Fraction(1000 * n, 1001) for n in (24, 30, 48, 60, 120)}

WITH_ALPHA = r"(yuva|ya\d|rgba|bgra|argb|abgr|gbrap|pal8)"  # pixel formats
MARKED = r"^ *(alpha_mode|ALPHA_MODE) *: 1"  # VP8 and VP9, whose alpha is in a second stream


@dataclass(frozen=True)
class AudioStream:
    """An audio stream: codec, rate in Hz, number of channels, start in seconds."""

    codec: str
    rate: int
    channels: int
    start: float


@dataclass(frozen=True)
class VideoStream:
    """A video stream: codec, size in pixels, frames per second, start in seconds, alpha."""

    codec: str
    width: int
    height: int
    fps: Fraction | None
    start: float
    alpha: bool = False


@dataclass(frozen=True)
class Probe:
    """A media file: duration and start in seconds, audio streams, first video stream, comment.

    Cover art does not count as video.
    """

    duration: float | None
    start: float
    sounds: tuple[AudioStream | None, ...]
    video: VideoStream | None
    comment: str = ""

    @property
    def audio(self) -> AudioStream | None:
        """The first audio stream that can be decoded."""
        return next(filter(None, self.sounds), None)


def probe(path: Path) -> Probe:
    """Probe a media file with ffmpeg.

    Parameters
    ----------
    path : Path
        Any media file.

    Returns
    -------
    Probe
        ``audio`` and ``video`` are None if there is none.

    Raises
    ------
    FilmError
        If the file cannot be opened or is not a media file.
    """
    safely = ("-nostdin", "-hide_banner", "-protocol_whitelist", "file")
    try:
        report = subprocess.run(
            [ffmpeg.executable(), *safely, "-i", f"file:{path}"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
        ).stderr.decode(errors="replace")
    except (OSError, subprocess.TimeoutExpired) as error:
        raise FilmError(f"ffmpeg cannot read {path}: {error}", "Run `phosphene doctor`.") from error
    if not re.search(r"^Input #0", report, re.MULTILINE):
        last = report.strip().splitlines()[-1:] or ["no answer"]
        raise FilmError(f"ffmpeg cannot read {path}: {last[0]}", "Give another file.")
    return parse(report)


def parse(report: str) -> Probe:
    """Parse the report of ``ffmpeg -i``.

    Parameters
    ----------
    report : str
        ffmpeg's standard error.

    Returns
    -------
    Probe
        The first input.
    """
    length = re.search(r"^ *Duration: (\d+):(\d+):(\d+(?:\.\d+)?)", report, re.MULTILINE)
    start = re.search(r"^ *Duration:.*?start: (-?[\d.]+)", report, re.MULTILINE)
    streams = re.findall(r"^ *Stream #0:\d+.*?: (Audio|Video): (.*)$", report, re.MULTILINE)
    sounds = tuple(_audio(line) for kind, line in streams if kind == "Audio")
    comment = re.search(r"^ *comment *: (.*)$", report, re.MULTILINE | re.IGNORECASE)
    pictures = [line for kind, line in streams if kind == "Video" and "(attached pic)" not in line]
    return Probe(
        duration=_seconds(*length.groups()) if length else None,
        start=float(start.group(1)) if start else 0.0,
        sounds=sounds,
        video=_video(pictures[0], report) if pictures else None,
        comment=comment.group(1).strip() if comment else "",
    )


def _seconds(hours: str, minutes: str, seconds: str) -> float:
    return 3600 * int(hours) + 60 * int(minutes) + float(seconds)


def _start(line: str) -> float:
    match = re.search(r", start (-?[\d.]+)", line)
    return float(match.group(1)) if match else 0.0


def _audio(line: str) -> AudioStream | None:
    match = re.search(r"(\d+) Hz, ([^,]+)", line)
    if not match:
        return None
    layout = match.group(2).split("(")[0].strip()
    counted = re.match(r"\d+(?= channels)", layout)
    channels = int(counted.group()) if counted else LAYOUTS.get(layout, 2)
    return AudioStream(re.split(r"[ ,]", line)[0], int(match.group(1)), channels, _start(line))


def _video(line: str, report: str) -> VideoStream | None:
    size = re.search(r", (\d+)x(\d+)", line)
    if not size:
        return None
    rate = re.search(r", ([\d.]+)(k?) fps", line)
    fps = None
    if rate:
        fps = RATES.get(rate.group(1), Fraction(rate.group(1)) * (1000 if rate.group(2) else 1))
    codec = re.split(r"[ ,]", line)[0]
    alpha = re.search(rf", {WITH_ALPHA}", line) or re.search(MARKED, report, re.MULTILINE)
    return VideoStream(
        codec, int(size.group(1)), int(size.group(2)), fps, _start(line), alpha is not None
    )
