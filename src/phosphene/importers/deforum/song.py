"""The song of an imported project, and how much of the video it is long enough for."""

from __future__ import annotations

import os
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from phosphene.errors import FilmError, SongError
from phosphene.film.probe import probe
from phosphene.importers.deforum.settings import Settings, shown

PLACEHOLDER = "song.flac"


@dataclass(frozen=True)
class SongChoice:
    """What stands in `[song]`.

    Parameters
    ----------
    file : str
        As the project names it.
    duration : float or None
        Seconds, where it is known.
    lost : tuple of str
        What the user has to do about it.
    """

    file: str
    duration: float | None = None
    lost: tuple[str, ...] = ()

    def last_frame(self, fps: Fraction, wanted: int) -> int:
        """Number of the last frame that a key may stand at: the song's end, or `wanted`."""
        if self.duration is None:
            return wanted
        return min(wanted, int(self.duration * fps + 1e-6))


def choose_song(settings: Settings, given: Path | None, folder: Path) -> SongChoice:
    """The song that the user gave, or the soundtrack that the settings name.

    Parameters
    ----------
    settings : Settings
    given : Path or None
    folder : Path
        Of the project file, which names the song relative to it.

    Returns
    -------
    SongChoice

    Raises
    ------
    SongError
        If the given song cannot be found, or is not audio.
    """
    if given is not None:
        return SongChoice(os.path.relpath(given, folder), _duration(given))
    soundtrack = settings.value("soundtrack_path")
    if settings.value("add_soundtrack") in ("File", True) and isinstance(soundtrack, str):
        path = Path(soundtrack)
        try:
            return SongChoice(os.path.relpath(path, folder), _duration(path))
        except (SongError, OSError, ValueError):
            why = f"soundtrack_path = {shown(soundtrack)}: {_NAME_IT}"
        return SongChoice(PLACEHOLDER, None, (why,))
    return SongChoice(PLACEHOLDER, None, (_NAME_IT,))


_NAME_IT = f"name your song in [song], where '{PLACEHOLDER}' stands; or import with --song FILE"


def _duration(path: Path) -> float:
    if not path.is_file():
        raise SongError(f"{path}: no such file", "Name an audio file.")
    try:
        heard = probe(path)
    except FilmError as error:
        raise SongError(f"{path}: {error}", error.fix) from None
    if heard.duration is None or heard.audio is None:
        raise SongError(f"{path}: this is not audio", "Name an audio file.")
    return heard.duration
