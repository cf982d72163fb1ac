"""The song of a project: listened to, or found in the cache, and corrected as the project says."""

from __future__ import annotations

import logging
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

from phosphene.errors import ProjectError
from phosphene.plugins import Registry, load_plugins
from phosphene.project.schema import Project
from phosphene.project.tables.video import SongFile
from phosphene.score.timeline import Timeline
from phosphene.song import listening
from phosphene.song.analysis import Progress
from phosphene.song.audio.tracks import choose_track
from phosphene.song.beats.corrections import corrected
from phosphene.song.files import require_file
from phosphene.song.song import Section, Song
from phosphene.song.store.cache import user_cache
from phosphene.song.structure.names import named_sections, on_bars, shifted
from phosphene.song.structure.section_files import read_sections

_log = logging.getLogger(__name__)


def listen(
    source: Path | str | Project,
    *,
    on_progress: Progress | None = None,
    registry: Registry | None = None,
) -> Song:
    """Find the beats, bars, onsets and feature curves of a song.

    The result is cached on this machine: the second call for a file is fast.

    Parameters
    ----------
    source : Path, str or Project
        An audio or video file; or a project, whose corrections of the beats are applied.
    on_progress : callable, optional
        on_progress(step, share) is called with the name of the step and the share of it that is
        done, 0 to 1.
    registry : Registry, optional
        The plugins; without it, those that are installed.

    Returns
    -------
    Song

    Raises
    ------
    SongError
        If the file is missing, is not audio, or is silent.
    """
    name = {"file": str(source)}
    file = source.song if isinstance(source, Project) else SongFile.model_validate(name)
    return song_of(file, registry or load_plugins(), on_progress)


def song_of(source: SongFile, registry: Registry, progress: Progress | None = None) -> Song:
    """Listen to the song that `[song]` names; see `listen`."""
    require_file(source.file)
    track = choose_track(source.file, source.track)
    if track.count > 1:
        _log.info(f"The song is audio track {track}; `track` in [song] chooses another.")
    tracker = registry.trackers[source.tracker]
    song = listening.listen(source.file, progress, tracker, user_cache(), track)
    heard = replace(corrected(song, source), extra=MappingProxyType(registry.features))
    return replace(heard, sections=_sections(heard, source))


def _sections(song: Song, source: SongFile) -> tuple[Section, ...]:
    """The sections as `[song]` corrects them."""
    if isinstance(source.sections, dict):
        # Frame numbers are not allowed here, so the frame rate does not matter.
        timeline = Timeline(song, Fraction(1), Fraction(1))
        for position in source.sections:
            try:
                timeline.at(position)
            except ProjectError as error:
                error.name_place("song.sections")
                raise
        times = timeline.placed(source.sections, "song.sections")
        marks = [(time, None, name) for time, name in sorted(times.items())]
        sections = named_sections(song, marks)
    elif source.sections is not None:
        sections = named_sections(song, read_sections(source.sections, song.duration))
    else:
        sections = on_bars(song)
    return shifted(replace(song, sections=sections), source.section_bars)
