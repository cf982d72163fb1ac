"""Videos through ffmpeg: commands that decode them to the film's size and frame rate."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from fractions import Fraction

from phosphene.errors import FilmError, ProjectError
from phosphene.film import ffmpeg
from phosphene.film.probe import probe
from phosphene.score.guides import Clip
from phosphene.song.files import require_file

#: Decoders of codecs whose default decoder in ffmpeg omits the alpha.
WITH_ALPHA = {"vp9": "libvpx-vp9", "vp8": "libvpx"}
SCALING = "flags=bicubic+accurate_rnd+full_chroma_int+bitexact"


@dataclass(frozen=True)
class Video:
    """What ffmpeg reports about a video.

    Parameters
    ----------
    width, height : int
        Size in px.
    alpha : bool
        Whether it has an alpha channel.
    decoder : str
        Name of the decoder to use; empty for ffmpeg's choice.
    """

    width: int
    height: int
    alpha: bool
    decoder: str


@dataclass(frozen=True)
class Form:
    """The frames that a video is converted to: their rate and their size in px."""

    fps: Fraction
    width: int
    height: int


def video_of(clip: Clip) -> Video:
    """Ask ffmpeg about a video.

    Raises
    ------
    ProjectError
        If the file is missing, or is not a video.
    """
    try:
        require_file(clip.path, "video", None, ProjectError)
        found = probe(clip.path).video
    except (ProjectError, FilmError) as error:
        raise ProjectError(f"{clip.entry}: {error}", error.fix) from None
    if found is None:
        raise ProjectError(
            f"{clip.entry}: {clip.path} contains no video",
            "Give a video (mp4, mov, mkv, webm ...) or a picture (png, jpg, webp).",
        )
    decoder = WITH_ALPHA.get(found.codec, "") if found.alpha else ""
    return Video(found.width, found.height, found.alpha, decoder)


def frames_command(clip: Clip, video: Video, form: Form, skip: int) -> list[str]:
    """Build the command that writes a video's frames to standard output, as raw RGBA.

    Frame i is the one that the video shows at begin + i / fps, by its timestamps. Frames before
    `skip` are decoded and dropped, because seeking is not exact in every container. Where the size
    of the video changes, its pictures are scaled to the first one.

    Parameters
    ----------
    clip : Clip
    video : Video
    form : Form
    skip : int
        Number of the first frame.
    """
    size = f"{form.width}:{form.height}"
    fitted = (
        f"scale={size}:force_original_aspect_ratio=decrease:{SCALING},format=rgba,"
        f"pad={size}:(ow-iw)/2:(oh-ih)/2:color=black@0"
        if clip.contains
        else f"scale={size}:force_original_aspect_ratio=increase:{SCALING},format=rgba,crop={size}"
    )
    filters = f"{_timed(clip, form)},trim=start_frame={skip},scale=iw*sar:ih:{SCALING},{fitted}"
    raw = ("-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgba", "pipe:1")
    return [*_input(clip, video, "fatal"), "-vf", filters, *raw]


def _input(clip: Clip, video: Video, loglevel: str) -> list[str]:
    # One thread, because the result for damaged frames depends on the number of threads. Filters
    # are not set up again where the size changes, as in calls: they would count from there.
    decoder = ["-c:v", video.decoder] if video.decoder else []
    return [
        ffmpeg.executable(),
        *("-nostdin", "-hide_banner", "-nostats", "-loglevel", loglevel),
        *("-threads", "1", *decoder, "-reinit_filter", "0", "-protocol_whitelist", "file,pipe"),
        *("-i", f"file:{clip.path.absolute()}", "-map", "0:V:0"),
    ]


def _timed(clip: Clip, form: Form) -> str:
    begin, fps = clip.begin, form.fps
    start = f"(PTS-STARTPTS)-{begin.numerator}/{begin.denominator}/TB"
    return f"setpts={start},fps={fps.numerator}/{fps.denominator}:start_time=0:round=near"


def scan(clip: Clip, video: Video, form: Form, most: int | None = None) -> tuple[int, int]:
    """Decode a video, and count its frames and its errors.

    Parameters
    ----------
    clip : Clip
    video : Video
    form : Form
    most : int, optional
        Stop after this number of frames.

    Returns
    -------
    tuple of (int, int)
        Number of frames at the film's rate, and of messages about damage.
    """
    limit = "" if most is None else f",trim=end_frame={most}"
    done = subprocess.run(
        [
            *_input(clip, video, "error"),
            *("-vf", _timed(clip, form) + limit, "-fps_mode", "passthrough"),
            *("-progress", "pipe:1", "-f", "null", "-"),
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )
    counts = re.findall(rb"^frame=\s*(\d+)", done.stdout, re.MULTILINE)
    return int(counts[-1]) if counts else 0, len(done.stderr.splitlines())
