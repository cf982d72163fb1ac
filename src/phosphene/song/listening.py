"""From an audio file to a `Song`: analyse it, or load the analysis from the cache."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from threadpoolctl import threadpool_limits

from phosphene.errors import SongError
from phosphene.song.audio.tracks import Track, choose_track
from phosphene.song.beats.trackers import BARS, TrackerSpec
from phosphene.song.features.builtin import FEATURES
from phosphene.song.files import require_file
from phosphene.song.song import Section, Song, features_from_arrays, features_to_arrays
from phosphene.song.store.cache import Cache, Shelf
from phosphene.song.store.code import code_of

if TYPE_CHECKING:
    from phosphene.song.analysis import Progress

_NUMBERS: dict[str, type] = {
    "sample_rate": int, "duration": float, "tempo": float, "metre": int, "confidence": float,
}  # fmt: skip
_TIMES = ("beats", "downbeats", "onsets", "onset_strengths")
_SECTION = tuple(field.name for field in fields(Section))


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
        Called with the stage (``"decode"``, ``"spectrum"``, ``"onsets"``, ``"beats"``,
        ``"sections"``) and the share done, 0 to 1; or only with ``"cache"`` if it is cached.
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
    path, report = Path(path), progress or (lambda stage, share: None)
    require_file(path)
    shelf = Shelf() if cache is None else _shelf(cache, path)
    index = (track or choose_track(path)).index
    if index:
        shelf.code += f"\ntrack {index}"
    name = f"analysed with {tracker.name} of {code_of(tracker.track)}"
    song = _read(path, name, shelf)
    if song is not None:
        shelf.from_cache = True
        report("cache", 1.0)
        return replace(song, extra=FEATURES, track=index)
    from phosphene.song.analysis import analyse  # and its libraries: not for a cached song

    # The last bits of sums, and so of the beats, depend on the number of threads of BLAS.
    with threadpool_limits(limits=1, user_api="blas"):
        song = analyse(path, report, tracker, shelf, index)
    if cache is not None and shelf.folder is not None:
        _write(song, name, shelf)
        cache.trim(shelf.folder)
    return replace(song, extra=FEATURES, track=index)


def _shelf(cache: Cache, path: Path) -> Shelf:
    try:
        return cache.shelf(path)
    except OSError as error:
        raise SongError(f"{path} cannot be read: {error.strerror}") from None


def _write(song: Song, entry: str, shelf: Shelf) -> None:
    """Store a Song on a shelf."""
    arrays: dict[str, Any] = {field: np.array(getattr(song, field)) for field in _NUMBERS}
    arrays.update({field: getattr(song, field) for field in _TIMES})
    for name in _SECTION:
        arrays[f"section.{name}"] = np.array([getattr(part, name) for part in song.sections])
    shelf.write_samples(song.samples)
    shelf.write(entry, {**arrays, **features_to_arrays(song.features)})


def _read(path: Path, name: str, shelf: Shelf) -> Song | None:
    """Load the Song stored under this name; None if it is missing or incomplete."""
    arrays = shelf.read(name)
    samples = None if arrays is None else shelf.read_samples()
    if arrays is None or samples is None:
        return None
    try:
        plain: dict[str, Any] = {field: kind(arrays[field]) for field, kind in _NUMBERS.items()}
        plain.update({field: arrays[field] for field in _TIMES})
        columns = [arrays[f"section.{field}"].tolist() for field in _SECTION]
        return Song(
            path=path,
            samples=samples,
            sections=tuple(Section(*values) for values in zip(*columns, strict=True)),
            features=features_from_arrays(arrays),
            shelf=shelf,
            **plain,
        )
    except (KeyError, ValueError, TypeError):
        return None  # not written by Phosphene
