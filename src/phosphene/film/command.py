"""The two ffmpeg commands that film: raw frames into a silent segment, and segments into a film."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from phosphene.film import ffmpeg
from phosphene.film.formats import format_of
from phosphene.film.sound import Sound

# No dates, versions or foreign tags: the same frames give the same file.
SAME = ("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact")
SAME_STREAMS = ("-flags:v", "+bitexact", "-flags:a", "+bitexact")


def _ffmpeg() -> list[str]:
    return [ffmpeg.executable(), "-nostdin", "-hide_banner", "-loglevel", "error", "-y"]


def segment_command(
    film: Path, segment: Path, width: int, height: int, fps: Fraction, crf: int | None
) -> list[str]:
    """Write the command that encodes raw RGB frames from standard input into a segment.

    Parameters
    ----------
    film : Path
        The film that it will be part of; its ending chooses the format.
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
    row = format_of(film)
    quality = ["-crf", str(row.crf if crf is None else crf)] if row.crf is not None else []
    return [
        *_ffmpeg(),
        *("-f", "rawvideo", "-pix_fmt", "rgb24", "-video_size", f"{width}x{height}"),
        *("-framerate", f"{fps.numerator}/{fps.denominator}", "-i", "pipe:0"),
        *("-map", "0:v:0", *row.segment, *quality, "-an"),
        *SAME,
        *SAME_STREAMS,
        f"file:{segment}",
    ]


def film_command(film: Path, target: Path, segments: Path, sound: Sound | None) -> list[str]:
    """Write the command that joins segments to a film, with its sound.

    Parameters
    ----------
    film : Path
        The film; its ending chooses the format.
    target : Path
        Where ffmpeg writes.
    segments : Path
        A list of segments, as ffmpeg's concat demuxer reads it.
    sound : Sound or None
        What is heard; dropped where the format is silent.

    Returns
    -------
    list of str
        The program and its arguments.
    """
    row = format_of(film)
    heard, song = ["-an"], []
    if sound is not None and row.sound is not None:
        song = ["-i", f"file:{sound.path}"]
        heard = ["-map", "1:a:0", *sound.arguments(row.sound, row.copies)]
    return [
        *_ffmpeg(),
        *("-f", "concat", "-safe", "0", "-i", f"file:{segments}"),
        *song,
        *("-map", "0:v:0", *row.film),
        *heard,
        *SAME,
        *SAME_STREAMS,
        *row.muxer,
        f"file:{target}",
    ]
