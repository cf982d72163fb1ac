"""Checks, before painting, that a film can be encoded under its name."""

import math
import tempfile
from fractions import Fraction
from pathlib import Path

import numpy as np

from phosphene.errors import ProjectError
from phosphene.film import ffmpeg
from phosphene.film.film import Film, beside
from phosphene.film.formats import FilmFormat, format_of
from phosphene.film.mark import require_replaceable
from phosphene.film.sound import Soundtrack

TRIAL = Fraction(1, 10)  # seconds of sound
RAW = 240  # painted frames of two segments, at 30 fps


def preflight(
    path: Path,
    width: int,
    height: int,
    fps: Fraction,
    sound: Soundtrack | None = None,
    crf: int | None = None,
    form: FilmFormat | None = None,
    force: bool = False,
) -> None:
    """Make a trial film of one black frame in the output folder, and remove it.

    It is encoded, joined, muxed with the song and renamed, with the final names. Only a trial is
    reliable: ffmpeg lists encoders that it cannot run, permissions mean little on network drives,
    and a name may be too long. The folder is created if it is missing.

    Parameters
    ----------
    path, width, height, fps, sound, crf, form, force
        See `Film`.

    Raises
    ------
    ProjectError
        If the ending is unknown, the size, rate or quality is not allowed for it, the folder cannot
        be written, or the output exists and was not made by Phosphene.
    FilmError
        If ffmpeg is missing, or cannot encode such a film or read the song.
    """
    check_fit(path, width, height, fps, crf, form)
    ffmpeg.version()
    require_replaceable(path, force)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = tempfile.TemporaryDirectory(prefix=".phosphene-", dir=path.parent)
    except OSError as error:
        raise ProjectError(
            f"The output folder {path.parent} cannot be written: {error.strerror}.",
            "Name another with -o, or change its permissions.",
        ) from error
    with folder as name:
        trial = Path(name, path.name)
        state = beside(trial, ".resume")
        audio = None if sound is None else sound.beginning(TRIAL)
        with Film(trial, width, height, fps, audio, 1, crf, state, form, seconds=TRIAL) as film:
            film.write(np.zeros((height, width, 3), np.uint8))


def space_needed(
    form: FilmFormat, crf: int | None, painted: tuple[int, int, int], shown: tuple[int, int, int]
) -> tuple[float, float]:
    """Estimate the disk space of a film, within a factor of two for films of `worlds`.

    Parameters
    ----------
    form : FilmFormat
    crf : int or None
    painted, shown : (int, int, int)
        Width, height and number of the painted frames, and of those of the film.

    Returns
    -------
    film, rendering : float
        Bytes of the film, and of all files during rendering: the segments, the joined film, and
        the raw painted frames of two segments.
    """
    pixels, all_pixels = math.prod(painted), math.prod(shown)
    if form.crf is None:
        bits = form.bits * all_pixels
    else:
        # Upscaled pixels add little information: 20 times as many take 3.3 times the space.
        finer = 2.0 ** ((form.crf - (form.crf if crf is None else crf)) / 6.0)
        bits = form.bits * finer * math.sqrt(pixels * all_pixels)
    raw = 3 * painted[0] * painted[1] * min(painted[2], RAW)
    return bits / 8, 2 * bits / 8 + raw


def check_fit(
    path: Path,
    width: int,
    height: int,
    fps: Fraction,
    crf: int | None,
    form: FilmFormat | None = None,
) -> None:
    """Check that the output's format allows this size, rate and quality.

    Parameters
    ----------
    path : Path
        The output file.
    width, height : int
        Size in pixels.
    fps : Fraction
        Frames per second.
    crf : int or None
        Constant rate factor, if the user gave one.
    form : FilmFormat or None
        The film's format; None chooses it by the file name's ending.

    Raises
    ------
    ProjectError
        If not; the message says what is allowed.
    """
    row = form or format_of(path)
    if width < 1 or height < 1 or width % row.multiple or height % row.multiple:
        even = [max(row.multiple, n - n % row.multiple) for n in (width, height)]
        raise ProjectError(
            f"The size is {width}x{height}; in a {path.suffix} film, width and height must be "
            f"positive multiples of {row.multiple}.",
            f"Use {even[0]}x{even[1]}.",
        )
    if fps <= 0 or (row.max_fps is not None and fps > row.max_fps):
        limit = f" and at most {row.max_fps}" if row.max_fps else ""
        raise ProjectError(
            f"fps is {float(fps):g}; in a {path.suffix} film it must be more than 0{limit}.",
            f"Give an fps of {row.max_fps or 24}, for example.",
        )
    if crf is not None and (row.crf is None or not 0 <= crf <= row.max_crf):
        allowed = f"must be 0 to {row.max_crf}" if row.crf is not None else "cannot be set"
        raise ProjectError(
            f"crf is {crf}; in a {path.suffix} film it {allowed}.",
            "Omit it.",
        )
