"""The song of an imported project."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from phosphene.directing.direct import beside
from phosphene.errors import FilmError, SongError
from phosphene.film.probe import probe
from phosphene.importers.deforum.settings import Settings, shown

PLACEHOLDER = "song.flac"


@dataclass(frozen=True)
class SongChoice:
    """The song of a project.

    Parameters
    ----------
    file : str
        Its path, relative to the project file.
    duration : float or None
        Seconds; None for the placeholder.
    lost : tuple of str
        For the placeholder, how to replace it.
    """

    file: str
    duration: float | None = None
    lost: tuple[str, ...] = ()

    def last_frame(self, fps: Fraction, wanted: int) -> int:
        """Number of the last possible frame: `wanted`, or the last one within the song."""
        if self.duration is None:
            return wanted
        return min(wanted, int(self.duration * fps + 1e-6))


def choose_song(settings: Settings, given: Path | None, folder: Path) -> SongChoice:
    """The given song, or else the soundtrack in the settings, or else a placeholder.

    Parameters
    ----------
    settings : Settings
    given : Path or None
    folder : Path
        Folder of the project file.

    Raises
    ------
    SongError
        If the given song does not exist or is not audio.
    """
    if given is not None:
        return SongChoice(beside(given, folder / "project.toml"), _duration(given))
    soundtrack = settings.value("soundtrack_path")
    if settings.value("add_soundtrack") in ("File", True) and isinstance(soundtrack, str):
        path = Path(soundtrack)
        try:
            return SongChoice(beside(path, folder / "project.toml"), _duration(path))
        except (SongError, OSError, ValueError):
            why = f"soundtrack_path = {shown(soundtrack)}: {_REPLACE}"
        return SongChoice(PLACEHOLDER, None, (why,))
    return SongChoice(PLACEHOLDER, None, (_REPLACE,))


_REPLACE = f"replace '{PLACEHOLDER}' in [song] with your song, or import with --song FILE"


def _duration(path: Path) -> float:
    if not path.is_file():
        raise SongError(f"{path}: no such file", "Choose an audio file.")
    try:
        file = probe(path)
    except FilmError as error:
        raise SongError(f"{path}: {error}", error.fix) from None
    if file.duration is None or file.audio is None:
        raise SongError(f"{path} is not an audio file", "Choose an audio file.")
    return file.duration
