"""The song of a project: analysed or read from the cache, with the project's corrections."""

from __future__ import annotations

import logging
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from phosphene.errors import ProjectError
from phosphene.plugins import Registry, load_plugins
from phosphene.project.schema import Project
from phosphene.project.tables.video import SongFile
from phosphene.score.timeline import Timeline
from phosphene.song import listening
from phosphene.song.audio.tracks import choose_track
from phosphene.song.beats.corrections import corrected
from phosphene.song.files import require_file
from phosphene.song.song import Section, Song
from phosphene.song.store.cache import user_cache
from phosphene.song.structure.names import named_sections, on_bars, shifted
from phosphene.song.structure.section_files import read_sections

if TYPE_CHECKING:
    from phosphene.song.analysis import Progress

_log = logging.getLogger(__name__)


def listen(
    source: Path | str | Project,
    *,
    on_progress: Progress | None = None,
    registry: Registry | None = None,
) -> Song:
    """Find the beats, bars, onsets and feature curves of a song.

    The result is cached on this machine, so a second call for the same file is fast.

    Parameters
    ----------
    source : Path, str or Project
        An audio or video file; or a project, whose corrections are applied.
    on_progress : callable, optional
        Called as on_progress(step, share) with the name of a step and the share of it that is done,
        from 0 to 1.
    registry : Registry, optional
        The plugins; by default, the installed ones.

    Returns
    -------
    Song

    Raises
    ------
    SongError
        If the file is missing, is not audio, or is silent.
    """
    data = {"file": str(source)}
    song = source.song if isinstance(source, Project) else SongFile.model_validate(data)
    return song_of(song, registry or load_plugins(), on_progress)


def song_of(source: SongFile, registry: Registry, progress: Progress | None = None) -> Song:
    """Analyse the song that `[song]` names; see `listen`."""
    require_file(source.file)
    track = choose_track(source.file, source.track)
    if track.count > 1:
        _log.info(f"The song is audio track {track}; `track` in [song] chooses another.")
    tracker = registry.trackers[source.tracker]
    detected = listening.listen(source.file, progress, tracker, user_cache(), track)
    song = replace(corrected(detected, source), extra=MappingProxyType(registry.features))
    return replace(song, sections=_sections(song, source, detected))


def _sections(song: Song, source: SongFile, detected: Song) -> tuple[Section, ...]:
    """The sections of a song, as `detected` or as `[song]` gives them."""
    if isinstance(source.sections, dict):
        # Any frame rate will do: frame numbers are not allowed here.
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
    elif np.array_equal(song.downbeats, detected.downbeats):
        sections = song.sections  # some begin between bars, where the sound changes
    else:
        sections = on_bars(song)
    return shifted(replace(song, sections=sections), source.section_bars)
