"""Listen to a song: the one way from an audio file to a `Song`."""

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
    """Hear the onsets, beats, bars and feature curves of an audio file.

    Parameters
    ----------
    path : Path
        Anything that libsndfile or ffmpeg reads.
    progress : callable, optional
        Called with the stage (``"decode"``, ``"spectrum"``, ``"onsets"``, ``"beats"``) and the
        share of it done, 0 to 1; or with ``"cache"`` alone, where the song was heard before.
    tracker : TrackerSpec, optional
        What finds the beats and bars.
    cache : Cache, optional
        Where songs that were heard before are found, and this one is kept.
    track : Track, optional
        Which of the file's audio tracks; without it, the default one.

    Raises
    ------
    SongError
        If there is no such file, or it is a folder, is not audio, or holds no sound.
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
    # librosa and SciPy take a second to import; only who hears something new pays for them.
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
        raise SongError(f"{path} can not be read: {error.strerror}") from None
