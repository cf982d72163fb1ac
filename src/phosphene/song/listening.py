"""Listens to a song: from an audio file to a `Song`."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from phosphene.errors import SongError
from phosphene.song.cache import Cache, code_of
from phosphene.song.files import require_file
from phosphene.song.parts import FEATURES
from phosphene.song.shelf import Shelf
from phosphene.song.song import Song
from phosphene.song.stored import song_from_shelf, song_to_shelf
from phosphene.song.trackers import BARS, TrackerSpec
from phosphene.song.tracks import Track, choose_track

Progress = Callable[[str, float], None]


def _quiet(stage: str, share: float) -> None:
    """Report nothing."""


def listen(
    path: Path,
    progress: Progress | None = None,
    tracker: TrackerSpec = BARS,
    cache: Cache | None = None,
    track: Track | None = None,
) -> Song:
    """Detect the onsets, beats, bars and feature curves of an audio file.

    Parameters
    ----------
    path : Path
        Any file that libsndfile or ffmpeg reads.
    progress : callable, optional
        Called with the stage (``"decode"``, ``"spectrum"``, ``"onsets"``, ``"beats"``) and the
        share done, 0 to 1; or only with ``"cache"`` if the analysis is cached.
    tracker : TrackerSpec, optional
        The tracker of beats and bars.
    cache : Cache, optional
        The cache to read from and write to.
    track : Track, optional
        The audio track; by default the file's default track.

    Raises
    ------
    SongError
        If the file does not exist, is a folder, is not audio, or contains no sound.
    """
    path, tell = Path(path), progress or _quiet
    require_file(path)
    shelf = Shelf() if cache is None else _shelf(cache, path)
    index = (track or choose_track(path)).index
    if index:
        shelf.code += f"\ntrack {index}"
    name = f"heard by {tracker.name} of {code_of(tracker.track)}"
    song = song_from_shelf(path, name, shelf)
    if song is not None:
        shelf.recalled = True
        tell("cache", 1.0)
        return replace(song, extra=FEATURES, track=index)
    # librosa and SciPy take a second to import, which a cache hit avoids.
    from phosphene.song.analysis import analyse

    song = analyse(path, tell, tracker, shelf, index)
    if cache is not None and shelf.folder is not None:
        song_to_shelf(song, name, shelf)
        cache.trim(shelf.folder)
    return replace(song, extra=FEATURES, track=index)


def _shelf(cache: Cache, path: Path) -> Shelf:
    try:
        return cache.shelf(path)
    except OSError as error:
        raise SongError(f"{path} cannot be read: {error.strerror}") from None
