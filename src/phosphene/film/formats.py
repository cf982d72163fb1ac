"""The film formats, by the ending of the output's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType

from phosphene.authoring import hookimpl
from phosphene.errors import ProjectError

# swscale converts to BT.601 by default, but players assume BT.709. Set it both in the conversion
# and in the stream's tags, or reds and greens shift.
BT709 = (
    "scale=out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd+full_chroma_int,"
    "format=yuv420p,"
    "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
)
# A palette per frame, not per film: palettegen would otherwise hold the entire film in memory, and
# a morph through three scenes has 52 dB instead of 39 dB, at 2.4 times the size.
PALETTE = "split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=new=1:dither=sierra2_4a"

# "faster" has the quality of "medium" (39.8 dB) at 2.4 times the speed and 1.25 times the size.
H264 = ("-vf", BT709, "-c:v", "libx264", "-preset", "faster")
VP9 = (
    *("-vf", BT709, "-c:v", "libvpx-vp9", "-b:v", "0"),
    *("-row-mt", "1", "-cpu-used", "4", "-deadline", "good"),
)
LOSSLESS = ("-c:v", "libx264rgb", "-preset", "ultrafast", "-qp", "0")
GIF = ("-vf", PALETTE, "-c:v", "gif")

PCM = frozenset({"pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_s16be", "pcm_s24be"})


@dataclass(frozen=True)
class SoundCodec:
    """How sound is encoded: an ffmpeg filter for the encoder's input, and its arguments."""

    takes: str
    arguments: tuple[str, ...]


LAYOUTS = "channel_layouts=mono|stereo|5.1|7.1"  # libopus refuses others, such as 5.1(side)
# AAC uses packets of 1024 samples. At 8 kHz the last would overrun the picture by several frames,
# so low rates are raised.
AAC = SoundCodec(
    f"aformat=sample_rates=32000|44100|48000|88200|96000:{LAYOUTS}",
    ("-c:a", "aac", "-b:a", "256k"),
)
OPUS = SoundCodec(f"aformat=sample_rates=48000:{LAYOUTS}", ("-c:a", "libopus", "-b:a", "192k"))
FLAC = SoundCodec(f"aformat=sample_fmts=s16:{LAYOUTS}", ("-c:a", "flac"))


@dataclass(frozen=True)
class FilmFormat:
    """A film format.

    Attributes
    ----------
    segment : tuple of str
        ffmpeg arguments that encode raw RGB frames into a segment, an .mp4.
    film : tuple of str
        ffmpeg arguments for the video stream of the joined film.
    muxer : tuple of str
        ffmpeg arguments for the container.
    sound : SoundCodec or None
        How sound is encoded; None for a silent film.
    copies : frozenset of str
        Audio codecs that are stream-copied: those that play wherever the container does, and start
        at the exact sample. In ffmpeg 7.0, Vorbis in WebM is 3 ms late, MP3 in Matroska 25 ms late,
        and AAC in Matroska 23 ms early.
    crf : int or None
        Constant rate factor, lower is better; None if the encoder has none.
    max_crf : int
        The encoder's highest constant rate factor.
    quality : str
        The encoder's option that takes it.
    bits : float
        Bits per painted pixel at that constant rate factor, to estimate the size of films; for
        encoders without one, bits per pixel of the film.
    multiple : int
        Width and height must be multiples of this.
    max_fps : int or None
        Highest frame rate.
    """

    segment: tuple[str, ...]
    film: tuple[str, ...] = ("-c:v", "copy")
    sound: SoundCodec | None = None
    muxer: tuple[str, ...] = ()
    copies: frozenset[str] = frozenset()
    crf: int | None = None
    max_crf: int = 51
    quality: str = "-crf"
    bits: float = 0.5
    multiple: int = 1
    max_fps: int | None = None


# The second flag keeps tags of any name, such as the record of how a film was made.
FASTSTART = ("-movflags", "+faststart+use_metadata_tags")
_BUILT_IN = {
    ".mp4": FilmFormat(
        H264, sound=AAC, muxer=FASTSTART, copies=frozenset({"aac"}), crf=18, multiple=2
    ),
    ".mov": FilmFormat(
        H264, sound=AAC, muxer=FASTSTART, copies=PCM | {"aac", "alac"}, crf=18, multiple=2
    ),
    ".mkv": FilmFormat(H264, sound=FLAC, copies=PCM | {"flac", "opus"}, crf=18, multiple=2),
    ".webm": FilmFormat(
        VP9, sound=OPUS, copies=frozenset({"opus"}), crf=20, max_crf=63, multiple=2
    ),
    # GIF times are in hundredths of a second, and players slow down anything below two.
    ".gif": FilmFormat(LOSSLESS, GIF, muxer=("-loop", "0"), max_fps=50, bits=12.0),
}
# A time scale that is a multiple of 44.1 and 48 kHz: by default, lengths are in milliseconds.
EXACT = ("-movie_timescale", "7056000", "-movflags", "+use_metadata_tags")
#: The formats of loops, where they differ: as long as the sound, to the sample. For live playback
#: and editing, .mov has only key frames, in 10 bits and 4:4:4.
LOOPS: Mapping[str, FilmFormat] = MappingProxyType(
    {
        ".mp4": replace(_BUILT_IN[".mp4"], muxer=(*FASTSTART, *EXACT)),
        ".mov": FilmFormat(
            LOSSLESS,
            (
                *("-vf", BT709.replace("yuv420p", "yuv444p10le")),
                *("-c:v", "prores_ks", "-profile:v", "4444"),
            ),
            sound=SoundCodec(f"aformat=sample_fmts=s32:{LAYOUTS}", ("-c:a", "pcm_s24le")),
            muxer=EXACT,
            copies=PCM,
        ),
    }
)
#: The built-in formats; `Registry.encoders` also has those of plugins.
FORMATS: Mapping[str, FilmFormat] = MappingProxyType(_BUILT_IN)


@hookimpl
def register_encoders(register: Callable[[str, FilmFormat], None]) -> None:
    """Register the built-in formats."""
    for ending, form in FORMATS.items():
        register(ending, form)


def format_of(path: Path, formats: Mapping[str, FilmFormat] = FORMATS) -> FilmFormat:
    """Choose the format by the ending of a film's name.

    Parameters
    ----------
    path : Path
        The output file; case is ignored.
    formats : mapping of str to FilmFormat, optional
        The formats to choose from, by ending.

    Returns
    -------
    FilmFormat
        The matching format.

    Raises
    ------
    ProjectError
        If the ending is missing or unknown; the nearest known one is named.
    """
    suffix = path.suffix.lower()
    if suffix in formats:
        return formats[suffix]
    near = get_close_matches(suffix, formats, n=1, cutoff=0.5) or [".mp4"]
    given = f"ends in {path.suffix!r}" if suffix else "has no ending"
    raise ProjectError(
        f"The output {path.name!r} {given}; allowed: {', '.join(formats)}.",
        f"Name it {path.stem + near[0]!r}, for example.",
    )
