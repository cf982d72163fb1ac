"""The ffmpeg commands: encode raw frames into silent segments, and join segments into a film."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

from phosphene.film import ffmpeg
from phosphene.film.formats import Format
from phosphene.film.sound import Soundtrack

# No dates, versions or foreign tags: the same frames give the same file.
SAME = ("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact")
SAME_STREAMS = ("-flags:v", "+bitexact", "-flags:a", "+bitexact")
# Marks a film as made by Phosphene, so that it may be replaced.
MARK = "Made with Phosphene"


def _ffmpeg() -> list[str]:
    # Progress goes to standard output: it shows that ffmpeg is alive, and counts frames.
    quiet = ("-nostdin", "-hide_banner", "-loglevel", "error", "-nostats", "-progress", "pipe:1")
    return [ffmpeg.executable(), *quiet, "-y"]


def segment_command(
    form: Format, segment: Path, width: int, height: int, fps: Fraction, crf: int | None
) -> list[str]:
    """Build the command that encodes raw RGB frames from standard input into a segment.

    Parameters
    ----------
    form : Format
        Format of the film.
    segment : Path
        The output file, an .mp4.
    width, height : int
        Size in pixels.
    fps : Fraction
        Frames per second.
    crf : int or None
        Constant rate factor; None uses the format's default.

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
    form: Format,
    target: str,
    segments: str,
    sound: Soundtrack | None,
    seconds: Fraction | None = None,
) -> list[str]:
    """Build the command that joins segments into a film and adds the sound.

    It runs in the folder of the segments: ffmpeg's concat demuxer reads the names in its list as
    URLs, relative to the list, so a folder named `what?` would be misread.

    Parameters
    ----------
    form : Format
    target : str
        Name of the output file in that folder.
    segments : str
        Name of the concat demuxer's list of segments there.
    sound : Soundtrack or None
        The soundtrack; ignored if the format is silent.
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
        # Open only our own kind of segment, whatever the folder contains.
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
    """Build the command that counts the frames of a film without decoding them."""
    return [
        *_ffmpeg(),
        *("-i", f"file:{film.name}", "-map", "0:v:0", "-c", "copy", "-f", "null", "-"),
    ]
