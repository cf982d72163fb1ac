"""Where captions, guides, masks, overlays and the videos of ControlNets are in the film."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from phosphene.composing.gates import within
from phosphene.errors import ProjectError
from phosphene.lettering.fonts import check_font, default_font
from phosphene.project.schema import Project
from phosphene.project.tables import guides as tables
from phosphene.project.tables.captions import Letters
from phosphene.score.captions import Caption, Lettering
from phosphene.score.guides import Clip, Guide, Inputs, Mask, Overlay
from phosphene.score.timeline import Timeline
from phosphene.score.units import At
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


def placed_inputs(project: Project, timeline: Timeline) -> Inputs:
    """The guides, masks and overlays of a project, and the videos of its ControlNets.

    Raises
    ------
    ProjectError
        If a position is outside the song, one ends before it begins, or a mask needs depth that the
        project does not have.
    """
    guides, masks, overlays = [], [], []
    for index, guide in enumerate(project.guide):
        where = f"guide[{index}]"
        clip = _clip(guide, guide.video, f"{where}.video", where, timeline)
        mask = (
            None
            if guide.mask is None
            else _clip(guide, guide.mask, f"{where}.mask", where, timeline)
        )
        guides.append(Guide(clip, guide.mode, guide.amount, mask))
    for index, one in enumerate(project.mask):
        where = f"mask[{index}]"
        if one.depth is not None and project.depth is None:
            raise ProjectError(
                f"{where}.depth: the project has no depth",
                'Add [depth], such as source = "ground".',
            )
        kind, file = ("image", one.image) if one.video is None else ("video", one.video)
        source = None if file is None else _clip(one, file, f"{where}.{kind}", where, timeline)
        masks.append(
            Mask(
                where, source, one.of, one.depth, one.repaint == "inside", one.feather, one.amount,
            )
        )  # fmt: skip
    for index, overlay in enumerate(project.overlay):
        where = f"overlay[{index}]"
        first, last = _frames(overlay.at, overlay.until, where, timeline)
        fade = round(timeline.length(overlay.fade, first / float(timeline.fps)) * timeline.fps)
        overlays.append(
            Overlay(
                overlay.image, f"{where}.image", first, last, fade,
                overlay.size, overlay.position, overlay.amount,
            )
        )  # fmt: skip
    controls = []
    for index, net in enumerate(project.model.control):
        where = f"model.control[{index}]"
        file = net.video
        video = None if file is None else _clip(net, file, f"{where}.video", where, timeline)
        controls.append(video)
    return Inputs(tuple(guides), tuple(masks), tuple(overlays), tuple(controls))


def _clip(about: tables.Clip, path: Path, entry: str, where: str, timeline: Timeline) -> Clip:
    first, last = _frames(about.at, about.until, where, timeline)
    begin = Fraction(timeline.length(about.begin)).limit_denominator(1_000_000)
    return Clip(path, entry, first, last, begin, about.end == "loop", about.fit == "contain")


def _frames(at: At | None, until: At | None, where: str, timeline: Timeline) -> tuple[int, int]:
    """The frames from a position up to another."""
    start = 0.0 if at is None else within(timeline, at, f"{where}.at")
    end = timeline.song.duration if until is None else within(timeline, until, f"{where}.until")
    first = timeline.frame_of(start)
    last = timeline.n_frames if until is None else timeline.frame_of(end)
    if last <= first:
        raise ProjectError(
            f"{where}.until: '{until or 'the end of the song'}' is not after '{at or 0}'",
            "Move one of the two.",
        )
    return first, last
