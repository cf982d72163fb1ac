"""Finds ffmpeg: imageio-ffmpeg's binary, unless the user sets another."""

import os
import shutil
import subprocess

import imageio_ffmpeg

from phosphene.errors import FilmError

VARIABLE = "PHOSPHENE_FFMPEG"


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
        return os.path.abspath(shutil.which(found) or found)
    except RuntimeError as error:
        raise FilmError(
            f"imageio-ffmpeg has no ffmpeg binary for this platform: {error}",
            "Reinstall it (`pip install --force-reinstall imageio-ffmpeg`), or install ffmpeg "
            f"and set {VARIABLE}=ffmpeg.",
        ) from error


def version() -> str:
    """Ask ffmpeg for its version.

    Returns
    -------
    str
        For example ``"7.1"``.

    Raises
    ------
    FilmError
        If there is no ffmpeg, or the program does not run or is not ffmpeg.
    """
    program = executable()
    fix = f"Set {VARIABLE} to an ffmpeg that runs on this machine."
    try:
        answer = subprocess.run(
            [program, "-version"], stdin=subprocess.DEVNULL, capture_output=True, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise FilmError(f"{program} does not run: {error}", fix) from error
    words = answer.stdout.decode(errors="replace").split()
    if answer.returncode or words[:2] != ["ffmpeg", "version"]:
        raise FilmError(f"{program} is not ffmpeg.", fix)
    return words[2]
