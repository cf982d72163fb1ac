"""Where lyrics and titles lie in the frames of a film."""

from __future__ import annotations

from phosphene.composing.gates import within
from phosphene.errors import ProjectError
from phosphene.lettering.fonts import check_font, default_font
from phosphene.project.schema import Project
from phosphene.project.tables.captions import Letters
from phosphene.score.captions import Caption, Lettering
from phosphene.score.timeline import Timeline
from phosphene.song.lyrics import read_lyrics


def placed_captions(project: Project, timeline: Timeline) -> tuple[Caption, ...]:
    """The lyrics and titles of a project, titles last.

    Raises
    ------
    ProjectError
        If a title is outside the song, or a font cannot be read or lacks a letter.
    SongError
        If the lyrics cannot be read.
    """
    found: list[Caption] = []
    if (captions := project.captions) is not None:
        lines = read_lyrics(captions.file, timeline.song.duration)
        lettering = _lettering(captions, [line.text for line in lines], "captions")
        found += [
            _caption(captions, lettering, line.text, line.start, line.end, timeline)
            for line in lines
        ]
    for index, title in enumerate(project.title):
        where = f"title[{index}]"
        start = within(timeline, title.at, f"{where}.at")
        if timeline.frame_of(start) >= timeline.n_frames:
            raise ProjectError(f"{where}.at: '{title.at}' is the end of the song")
        end = start + timeline.length(title.length, start)
        lettering = _lettering(title, [title.text], where)
        found.append(_caption(title, lettering, title.text, start, end, timeline))
    return tuple(found)


def _lettering(letters: Letters, texts: list[str], where: str) -> Lettering:
    font = default_font() if letters.font is None else letters.font
    check_font(font, texts, f"{where}.font")
    return Lettering(font, letters.size, letters.position, letters.colour, letters.outline)


def _caption(
    letters: Letters, lettering: Lettering, text: str, start: float, end: float, timeline: Timeline
) -> Caption:
    first = timeline.frame_of(start)
    last = max(first + 1, timeline.frame_of(end))
    fade = round(timeline.length(letters.fade, start) * timeline.fps)
    return Caption(text, first, last, fade, lettering)
