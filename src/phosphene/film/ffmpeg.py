"""ffmpeg: the program, and the commands that encode segments and join them."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import suppress
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import imageio_ffmpeg

from phosphene.errors import FilmError

if TYPE_CHECKING:
    from phosphene.film.formats import FilmFormat
    from phosphene.film.sound import Soundtrack

VARIABLE = "PHOSPHENE_FFMPEG"
# No dates, versions or other tags, so that the same frames give the same file.
SAME = ("-map_chapters", "-1", "-fflags", "+bitexact")
SAME_SEGMENT = ("-map_metadata", "-1", *SAME)
SAME_STREAMS = ("-flags:v", "+bitexact", "-flags:a", "+bitexact")
#: Comment in the metadata of films made by Phosphene, which may be replaced.
MARK = "Made with Phosphene"


def executable() -> str:
    """Find ffmpeg.

    Returns
    -------
    str
        Absolute path of the program in the environment variable PHOSPHENE_FFMPEG (a path, or a
        name on PATH), or else of imageio-ffmpeg's binary.

    Raises
    ------
    FilmError
        If there is none, or it cannot be run.
    """
    named = os.environ.get(VARIABLE)
    if named:
        found = shutil.which(os.path.expanduser(named))
        if found is None:
            raise FilmError(
                f"{VARIABLE} is {named!r}, which is not an executable program.",
                f"Set {VARIABLE} to an ffmpeg (a path, or a name on PATH), or unset it to use "
                "the one that comes with imageio-ffmpeg.",
            )
        return os.path.abspath(found)
    try:
        found = imageio_ffmpeg.get_ffmpeg_exe()
        return os.path.abspath(shutil.which(found) or str(found))
    except RuntimeError as error:
        raise FilmError(
            f"imageio-ffmpeg has no ffmpeg binary for this platform: {error}",
            "Reinstall it (`pip install --force-reinstall imageio-ffmpeg`), or install ffmpeg "
            f"and set {VARIABLE}=ffmpeg.",
        ) from error


def version() -> str:
    """Ask ffmpeg for its version; a process asks once, until the program is replaced.

    Returns
    -------
    str
        For example ``"7.1"``.

    Raises
    ------
    FilmError
        If there is no ffmpeg, or the program does not run or is not ffmpeg.
    """
    program, changed = executable(), 0
    with suppress(OSError):
        changed = os.stat(program).st_mtime_ns
    return _version(program, changed)


@lru_cache(maxsize=1)
def _version(program: str, changed: int) -> str:
    fix = f"Set {VARIABLE} to an ffmpeg that runs on this machine."
    try:
        result = subprocess.run(
            [program, "-version"], stdin=subprocess.DEVNULL, capture_output=True, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise FilmError(f"{program} does not run: {error}", fix) from error
    words = result.stdout.decode(errors="replace").split()
    if result.returncode or words[:2] != ["ffmpeg", "version"]:
        raise FilmError(f"{program} is not ffmpeg.", fix)
    return words[2]


QUIET = ("-nostdin", "-hide_banner", "-loglevel", "error", "-nostats")


def _ffmpeg() -> list[str]:
    # Progress on standard output shows that ffmpeg is alive, and counts frames.
    return [executable(), *QUIET, "-progress", "pipe:1", "-y"]


def segment_command(
    form: FilmFormat, segment: Path, width: int, height: int, fps: Fraction, crf: int | None
) -> list[str]:
    """Build the command that encodes raw RGB frames from standard input into a segment.

    Parameters
    ----------
    form : FilmFormat
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
    quality = [form.quality, str(form.crf if crf is None else crf)] if form.crf is not None else []
    return [
        *_ffmpeg(),
        *("-f", "rawvideo", "-pix_fmt", "rgb24", "-video_size", f"{width}x{height}"),
        *("-framerate", f"{fps.numerator}/{fps.denominator}", "-i", "pipe:0"),
        *("-map", "0:v:0", *form.segment, *quality, "-an"),
        # A time scale of whole frames: by default, lengths and the times of joined frames are
        # rounded to milliseconds.
        *("-movie_timescale", str(fps.numerator * (1 if fps.numerator >= 1000 else 1000))),
        *SAME_SEGMENT,
        *SAME_STREAMS,
        f"file:{segment}",
    ]


def film_command(
    form: FilmFormat,
    target: str,
    segments: str,
    sound: Soundtrack | None,
    metadata: str,
    seconds: Fraction | None = None,
) -> list[str]:
    """Build the command that joins segments into a film and adds the sound.

    It runs in the folder of the segments: ffmpeg's concat demuxer reads the names in its list as
    URLs, relative to the list, so a folder named `what?` would be misread.

    Parameters
    ----------
    form : FilmFormat
    target : str
        Name of the output file in that folder.
    segments : str
        Name of the concat demuxer's list of segments there.
    sound : Soundtrack or None
        The soundtrack; ignored if the format is silent.
    metadata : str
        Name of a file there with the film's metadata, from `phosphene.film.record.as_metadata`.
    seconds : Fraction or None
        Cut the film at this length.

    Returns
    -------
    list of str
        The program and its arguments.
    """
    audio, song = ["-an"], []
    if sound is not None and form.sound is not None:
        song = ["-protocol_whitelist", "file", "-i", f"file:{os.path.abspath(sound.path)}"]
        audio = ["-map", f"1:a:{sound.track}", *sound.arguments(form.sound, form.copies)]
    return [
        *_ffmpeg(),
        # Open only our own kind of segment, whatever the folder contains.
        *("-protocol_whitelist", "file", "-format_whitelist", "concat,mov"),
        *("-f", "concat", "-safe", "0", "-i", f"file:{segments}"),
        *song,
        *("-protocol_whitelist", "file", "-f", "ffmetadata", "-i", f"file:{metadata}"),
        *("-map", "0:v:0", *form.film),
        *audio,
        *SAME,
        *("-map_metadata", str(2 if song else 1)),
        *SAME_STREAMS,
        *form.muxer,
        *(() if seconds is None else ("-t", f"{float(seconds):.6f}")),
        f"file:{target}",
    ]


def count_command(film: Path) -> list[str]:
    """Build the command that lists the frames of a film without decoding them.

    It writes a line per frame instead of its progress, which has no frame count for streams that
    are copied in ffmpeg 7.0.
    """
    film_only = ("-i", f"file:{film.name}", "-map", "0:v:0", "-c", "copy")
    return [executable(), *QUIET, *film_only, "-f", "framecrc", "pipe:1"]


def decode_command(film: Path) -> list[str]:
    """Build the command that writes the frames of a film to standard output, as raw RGB."""
    frames = ("-map", "0:v:0", "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb24")
    return [executable(), *QUIET, "-i", f"file:{film}", *frames, "pipe:1"]
