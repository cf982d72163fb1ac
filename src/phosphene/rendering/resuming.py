"""Decides which frames of an earlier run are kept, and applies that once painting has begun.

No mistake loses frames. Those painted with other settings are set aside in a folder named by their
fingerprint, and the command that painted them resumes from there.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from phosphene.errors import ProjectError
from phosphene.own_files import ABOUT, clear_own, make_folder, state_files
from phosphene.rendering import checkpoint
from phosphene.rendering.identity import STREAM_KEYS
from phosphene.rendering.set_aside import earlier_run, has_frames, move, move_aside, runs_set_aside

if TYPE_CHECKING:
    from phosphene.film import Film
    from phosphene.project.schema import Project
    from phosphene.score.score import Score
    from phosphene.song.song import Song

_log = logging.getLogger(__name__)
SET_ASIDE = "The earlier frames are set aside; `phosphene resume list` shows them."


@dataclass(frozen=True)
class ResumePoint:
    """The position given with `--resume-from`, as written, and its row in the Score."""

    position: str
    row: int


def parse_resume_point(position: str, song: Song, project: Project, score: Score) -> ResumePoint:
    """Parse `--resume-from`.

    Raises
    ------
    ProjectError
        If it is not a position within the video.
    """
    from phosphene.score.timeline import Timeline, exact_fps
    from phosphene.score.units import parse_position

    timeline = Timeline(song, score.fps, exact_fps(project.video.fps))
    try:
        row = timeline.frame_of(timeline.at(parse_position(position))) - int(score.frames[0])
    except (ValueError, ProjectError) as error:
        raise ProjectError(f"--resume-from {position}: {error}") from None
    if not 0 <= row <= len(score):
        start, end = (_clock(float(t)) for t in (score.start, score.start + score.duration))
        raise ProjectError(
            f"--resume-from {position}: the video is from {start} to {end} of the song",
            "Choose a position within it.",
        )
    return ResumePoint(position, row)


def _clock(seconds: float) -> str:
    return f"{int(seconds // 60)}:{int(seconds % 60):02d}"


@dataclass(frozen=True)
class Plan:
    """How a run starts: its settings, and how many frames of which folder it keeps."""

    about: Mapping[str, str]
    settings: str
    asked: int | None
    kept: int
    source: Path
    changed: bool


def make_plan(
    film_in: Callable[[Path], Film],
    folder: Path,
    about: Mapping[str, str],
    settings: str,
    point: ResumePoint | None,
    length: int,
) -> Plan:
    """Decide how many frames of an earlier run are kept, and log it, without changing anything.

    Parameters
    ----------
    film_in : callable
        film_in(folder) returns the film in a folder.
    folder : Path
        The state folder of the film.
    about : mapping of str to str
        From `phosphene.rendering.identity.identity`.
    settings : str
        A description of the settings.
    point : ResumePoint or None
        Without it, all frames are kept, or none after a change.
    length : int
        Number of frames of the film.

    Raises
    ------
    ProjectError
        If the kept frames do not allow resuming at `point`.
    """
    runs = {place: earlier_run(place) for place in (folder, *runs_set_aside(folder))}
    # Repeating the same command resumes where it stopped, not at the position.
    same = [
        place
        for place, run in runs.items()
        if run and not run.changed(about) and (point is None or run.asked == point.row)
    ]
    described = [place for place, run in runs.items() if run]
    if same:
        source = same[0]
    elif point and described and not runs[folder]:
        source = max(described, key=lambda place: (place / ABOUT).stat().st_mtime)
    else:
        source = folder
    run = runs[source]
    changed = run.changed(about) if run else ["its description, which is damaged"]
    if point is not None and not same:
        if run is None:
            raise ProjectError(
                f"--resume-from {point.position}: no frames are kept of an earlier run of "
                f"{film_in(folder).path}",
                "Frames are kept if a render is stopped, or was started with --keep.",
            )
        if unfit := [name for name in changed if name in STREAM_KEYS]:
            raise ProjectError(
                f"--resume-from {point.position}: the kept frames differ in {', '.join(unfit)}; "
                "they cannot be in one film with new ones",
                "Restore that setting, or omit --resume-from to start over.",
            )
    film, kept = film_in(source), 0
    limit = length if same else point.row if point else 0
    if limit:
        rows = (row for row in checkpoint.rows(source) if row < limit)
        kept = next((row + 1 for row in rows if _fits(source, row, film)), 0)
    if kept or any(map(has_frames, state_files(folder))):
        _log.info(_summary(kept, changed, None if same else point, film))
    asked_row = point.row if point else run.asked if run and kept else None
    return Plan(about, settings, asked_row, kept, source, bool(changed))


def _fits(folder: Path, row: int, film: Film) -> bool:
    picture = checkpoint.load(folder, row)[checkpoint.PICTURE]
    height, width, _ = film.shape
    valid = picture.dtype == np.float32 and picture.shape == (1, 3, height, width)
    return valid and film.holds(row + 1)


def carry_out(plan: Plan, film: Film, folder: Path) -> None:
    """Prepare a folder according to a plan; what the plan does not use is set aside.

    The description is written last, so a command that is killed here starts in the same way again.

    Parameters
    ----------
    plan : Plan
    film : Film
        The film in the plan's source.
    folder : Path
        The state folder of the film.
    """
    make_folder(folder)
    needed = [*film.needed(plan.kept), *checkpoint.needed(plan.source, plan.kept - 1)]
    if plan.source != folder or plan.changed:
        aside = move_aside(folder)
        source = aside if plan.source == folder else plan.source
        if not plan.changed:
            move(plan.source, folder)
        elif source and plan.kept:
            for name in filter(lambda name: (source / name).exists(), needed):
                shutil.copyfile(source / name, folder / name)
    if plan.kept:
        checkpoint.drop_after(folder, plan.kept - 1)
    else:
        clear_own(folder)
    description = {"made of": dict(plan.about), "asked": plan.asked, "settings": plan.settings}
    checkpoint.describe(folder, description)


def _summary(kept: int, changed: list[str], point: ResumePoint | None, film: Film) -> str:
    if point is None and changed:
        names = ", ".join(changed)
        return f"Changed since the last run was stopped: {names}. Starting over. {SET_ASIDE}"
    if point is None:
        return (
            f"Resuming after frame {kept}, where the last run was stopped."
            if kept
            else "The last run left no frames to resume from. Starting over."
        )
    what = f"{', '.join(changed)} changed" if changed else "nothing changed"
    also = f" {SET_ASIDE}" if changed else ""
    if not kept:
        return f"No frames are kept before {point.position}: starting over ({what}).{also}"
    return (
        f"Keeping the first {kept} frames, {kept / float(film.fps):.2f} s: the last checkpoint "
        f"before {point.position}. Resuming from there ({what}).{also}"
    )
