"""The ffmpeg commands that film: raw frames to a silent segment, and segments to a film."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

from phosphene.film import ffmpeg
from phosphene.film.formats import Format
from phosphene.film.sound import Sound

# No dates, versions or foreign tags: the same frames give the same file.
SAME = ("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact")
SAME_STREAMS = ("-flags:v", "+bitexact", "-flags:a", "+bitexact")
# By this a film is known as ours, and may be replaced by the next one.
MARK = "Made with Phosphene"


def _ffmpeg() -> list[str]:
    # Progress goes to standard output: a sign of life, and the number of frames.
    quiet = ("-nostdin", "-hide_banner", "-loglevel", "error", "-nostats", "-progress", "pipe:1")
    return [ffmpeg.executable(), *quiet, "-y"]


def segment_command(
    form: Format, segment: Path, width: int, height: int, fps: Fraction, crf: int | None
) -> list[str]:
    """Write the command that encodes raw RGB frames from standard input into a segment.

    Parameters
    ----------
    form : Format
        Of the film that it will be part of.
    segment : Path
        Where ffmpeg writes, an .mp4.
    width, height : int
        Size in pixels.
    fps : Fraction
        Frames per second.
    crf : int or None
        Constant rate factor; None takes the format's own.

    Returns
    -------
    list of str
        The program and its arguments.
    """
    quality = ["-crf", str(form.crf if crf is None else crf)] if form.crf is not None else []
    return [
        *_ffmpeg(),
        *("-f", "rawvideo", "-pix_fmt", "rgb24", "-video_size", f"{width}x{height}"),
        *("-framerate", f"{fps.numerator}/{fps.denominator}", "-i", "pipe:0"),
        *("-map", "0:v:0", *form.segment, *quality, "-an"),
        *SAME,
        *SAME_STREAMS,
        f"file:{segment}",
    ]


def film_command(
    form: Format, target: str, segments: str, sound: Sound | None, seconds: Fraction | None = None
) -> list[str]:
    """Write the command that joins segments to a film, with its sound.

    It runs in the folder of the segments: ffmpeg's concat demuxer reads the names in its list as
    URLs, relative to the list's own, so that a folder named `what?` would be misread.

    Parameters
    ----------
    form : Format
    target : str
        Name of the file in that folder that ffmpeg writes.
    segments : str
        Name of the list of segments there, as the concat demuxer reads it.
    sound : Sound or None
        What is heard; dropped where the format is silent.
    seconds : Fraction or None
        Cut the film at this length.

    Returns
    -------
    list of str
        The program and its arguments.
    """
    heard, song = ["-an"], []
    if sound is not None and form.sound is not None:
        song = ["-protocol_whitelist", "file", "-i", f"file:{os.path.abspath(sound.path)}"]
        heard = ["-map", f"1:a:{sound.track}", *sound.arguments(form.sound, form.copies)]
    return [
        *_ffmpeg(),
        # Only our own kind of segment is opened, whatever a file in the folder holds.
        *("-protocol_whitelist", "file", "-format_whitelist", "concat,mov"),
        *("-f", "concat", "-safe", "0", "-i", f"file:{segments}"),
        *song,
        *("-map", "0:v:0", *form.film),
        *heard,
        *SAME,
        *SAME_STREAMS,
        *("-metadata", f"comment={MARK}"),
        *form.muxer,
        *(() if seconds is None else ("-t", f"{float(seconds):.6f}")),
        f"file:{target}",
    ]


def count_command(film: Path) -> list[str]:
    """Write the command that counts the pictures in a film, without decoding them."""
    return [
        *_ffmpeg(),
        *("-i", f"file:{film.name}", "-map", "0:v:0", "-c", "copy", "-f", "null", "-"),
    ]
