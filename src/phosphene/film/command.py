"""The one ffmpeg command that films."""

from fractions import Fraction
from pathlib import Path

from phosphene.film import ffmpeg
from phosphene.film.formats import format_of
from phosphene.film.sound import Sound


def command(
    path: Path, width: int, height: int, fps: Fraction, sound: Sound | None, crf: int | None
) -> list[str]:
    """Write the command that encodes raw RGB frames from standard input.

    Parameters
    ----------
    path : Path
        Where ffmpeg writes; the ending chooses the format.
    width, height : int
        Size in pixels.
    fps : Fraction
        Frames per second.
    sound : Sound or None
        What is heard; dropped where the format is silent.
    crf : int or None
        Constant rate factor; None takes the format's own.

    Returns
    -------
    list of str
        The program and its arguments.
    """
    row = format_of(path)
    rate = f"{fps.numerator}/{fps.denominator}"
    pictures = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-video_size", f"{width}x{height}"]
    pictures += ["-framerate", rate, "-i", "pipe:0"]
    quality = ["-crf", str(row.crf if crf is None else crf)] if row.crf is not None else []
    heard = ["-an"]
    song: list[str] = []
    if sound is not None and row.sound is not None:
        song = ["-i", f"file:{sound.path}"]
        heard = ["-map", "1:a:0", *sound.arguments(row.sound, row.copies)]
    return [
        *(ffmpeg.executable(), "-nostdin", "-hide_banner", "-loglevel", "error", "-y"),
        *pictures,
        *song,
        *("-map", "0:v:0", "-vf", row.filter, *row.video, *quality),
        *heard,
        # No dates, versions or foreign tags: the same frames give the same file.
        *("-map_metadata", "-1", "-map_chapters", "-1"),
        *("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"),
        *row.muxer,
        f"file:{path}",
    ]
