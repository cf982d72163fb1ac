"""Codecs that a film can be encoded with instead of the usual one of its format.

H.264 in 8 bits and 4:2:0 plays everywhere and is the default. All others are also BT.709 in limited
range, converted and tagged alike. Whether a hardware encoder works depends on its driver, so a few
frames are encoded to find out.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

from phosphene.errors import ProjectError
from phosphene.film.ffmpeg import segment_command
from phosphene.film.formats import BT709, H264, VP9, FilmFormat
from phosphene.hints import hint

MP4, MOV, MKV, WEBM = ".mp4", ".mov", ".mkv", ".webm"
SIZE, FRAMES = 256, 4  # of a trial; some hardware refuses smaller pictures
TIMEOUT = 60  # seconds


@dataclass(frozen=True)
class Codec:
    """A codec, and how ffmpeg encodes it.

    Attributes
    ----------
    about : str
        One line for the docs.
    segment : tuple of str
        See `FilmFormat`.
    endings : tuple of str
        Formats that can contain it.
    crf, max_crf, quality, bits
        See `FilmFormat`.
    tag : str
        The tag that players expect in mp4 and mov, if ffmpeg's default is another.
    hardware : bool
    """

    about: str
    segment: tuple[str, ...]
    endings: tuple[str, ...]
    crf: int | None = None
    max_crf: int = 51
    quality: str = "-crf"
    bits: float = 0.5
    tag: str = ""
    hardware: bool = False


def _hardware(name: str, encoder: str) -> Codec:
    """A codec by a hardware encoder such as nvenc."""
    endings = (MP4, MKV, WEBM) if name == "av1" else (MP4, MOV, MKV)
    tag = "hvc1" if name == "hevc" else ""
    video = ("-c:v", f"{name}_{encoder}")
    pixels = BT709.replace("yuv420p", "nv12")
    crf = {"h264": 19, "hevc": 23, "av1": 30}[name]
    about = {
        "nvenc": "NVIDIA GPUs",
        "qsv": "Intel Quick Sync",
        "vaapi": "AMD and Intel GPUs on Linux",
        "videotoolbox": "Apple computers",
    }[encoder]
    codec = Codec(about, (), endings, crf, 51, "-cq", 0.5, tag, True)
    match encoder:
        case "nvenc":
            rate_control = ("-preset", "p5", "-rc", "vbr", "-b:v", "0")
            return replace(codec, segment=("-vf", BT709, *video, *rate_control))
        case "qsv":
            return replace(codec, segment=("-vf", pixels, *video), quality="-global_quality")
        case "vaapi":
            device = ("-vaapi_device", "/dev/dri/renderD128")
            upload = ("-vf", f"{pixels},hwupload")
            segment = (*device, *upload, *video, "-rc_mode", "CQP")
            return replace(codec, segment=segment, quality="-global_quality")
        case _:
            return replace(codec, segment=("-vf", pixels, *video, "-q:v", "65"), crf=None)


_HARDWARE = {
    "nvenc": ("h264", "hevc", "av1"),
    "qsv": ("h264", "hevc", "av1"),
    "vaapi": ("h264", "hevc", "av1"),
    "videotoolbox": ("h264", "hevc"),
}
#: The codecs by their names in `[video] codec`.
CODECS: Mapping[str, Codec] = MappingProxyType(
    {
        "h264": Codec("plays everywhere", H264, (MP4, MOV, MKV), 18),
        "hevc": Codec(
            "H.265: about half the size; Apple devices, televisions, most phones",
            ("-vf", BT709, "-c:v", "libx265", "-preset", "medium", "-x265-params", "log-level=1"),
            (MP4, MOV, MKV), 22, bits=0.3, tag="hvc1",
        ),
        "av1": Codec(
            "smaller still; current browsers, new devices",
            ("-vf", BT709, "-c:v", "libsvtav1", "-preset", "8"),
            (MP4, MKV, WEBM), 28, 63, bits=0.2,
        ),
        "vp9": Codec("browsers", VP9, (WEBM, MP4, MKV), 20, 63),
        "prores": Codec(
            "ProRes 422 HQ, for editing: 10 bits, every frame a key frame, large",
            (
                *("-vf", BT709.replace("yuv420p", "yuv422p10le")),
                *("-c:v", "prores_ks", "-profile:v", "hq", "-vendor", "apl0", "-f", "mov"),
            ),
            (MOV, MKV), bits=6.0,
        ),
        **{
            f"{name}-{encoder}": _hardware(name, encoder)
            for encoder, names in _HARDWARE.items()
            for name in names
        },
    }
)  # fmt: skip


def with_codec(form: FilmFormat, film: Path, name: str | None) -> FilmFormat:
    """The format of a film with another codec; None leaves the usual one.

    Raises
    ------
    ProjectError
        If the codec is unknown, or the format cannot contain it.
    """
    if name is None:
        return form
    if name not in CODECS:
        raise ProjectError(f"video.codec: unknown codec {name!r}", hint(name, CODECS))
    codec, ending = CODECS[name], film.suffix.lower()
    if ending not in codec.endings:
        fitting = [other for other, each in CODECS.items() if ending in each.endings]
        soft = ", ".join(other for other in fitting if not CODECS[other].hardware)
        also = f", or a codec for {ending}: {soft}" if soft else ", or omit the codec"
        raise ProjectError(
            f"video.codec: a {ending} film cannot contain {name}; {', '.join(codec.endings)} can",
            f"Name the output {film.stem}{codec.endings[0]}{also}.",
        )
    tag = ("-tag:v", codec.tag) if codec.tag and ending in (MP4, MOV) else ()
    return replace(
        form, segment=codec.segment, film=("-c:v", "copy", *tag), crf=codec.crf,
        max_crf=codec.max_crf, quality=codec.quality, bits=codec.bits, multiple=2,
    )  # fmt: skip


def require_running(name: str | None) -> None:
    """Check that a hardware encoder runs on this machine.

    Raises
    ------
    ProjectError
        With ffmpeg's reason if it does not.
    """
    if name is None or not CODECS[name].hardware:
        return
    if why := failure(name):
        others = [other for other in running() if CODECS[other].hardware]
        raise ProjectError(
            f"video.codec: {name} does not run on this machine: {why}",
            f"Choose {', '.join([*others, name.partition('-')[0]])} instead.",
        )


def running() -> list[str]:
    """The codecs that run on this machine, tested by encoding a few frames with each."""
    with ThreadPoolExecutor(4) as pool:
        return [
            name for name, why in zip(CODECS, pool.map(failure, CODECS), strict=True) if not why
        ]


def failure(name: str) -> str:
    """Why a codec does not run on this machine, in ffmpeg's words; empty if it does."""
    codec = CODECS[name]
    form = FilmFormat(codec.segment, crf=codec.crf, quality=codec.quality)
    command = segment_command(form, Path("-"), SIZE, SIZE, Fraction(25), None)
    try:
        result = subprocess.run(
            [*command[:-1], "-f", "null", "-"],
            input=bytes(3 * SIZE * SIZE * FRAMES),
            capture_output=True,
            timeout=TIMEOUT,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if result.returncode == 0:
        return ""
    lines = result.stderr.decode(errors="replace").strip().splitlines()
    return re.sub(r"^\[[^]]*\] ", "", lines[0]) if lines else f"ffmpeg: code {result.returncode}"
