"""What of an earlier run is kept: decided and told first, done when painting has begun.

Nothing is lost by a mistake. What was painted under other settings is set aside in a folder of its
own, named by their fingerprint, and the command that painted it continues from there.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from phosphene.errors import ProjectError
from phosphene.own_files import ABOUT, clear_own, make_folder, state_files
from phosphene.rendering import checkpoint
from phosphene.rendering.identity import FILMED
from phosphene.rendering.set_aside import begun_in, is_filmed, move, put_aside, set_aside

if TYPE_CHECKING:
    from phosphene.film import Film
    from phosphene.project.schema import Project
    from phosphene.score.score import Score
    from phosphene.song.song import Song

_log = logging.getLogger(__name__)
ASIDE_TOLD = "What was painted is set aside: `phosphene resume list` shows it."


@dataclass(frozen=True)
class Asked:
    """The position that the user wants to continue from, as written, and its row in the Score."""

    position: str
    row: int


def asked_for(position: str, song: Song, project: Project, score: Score) -> Asked:
    """Read `--resume-from`.

    Raises
    ------
    ProjectError
        If it is not a position, or not within the video.
    """
    from phosphene.score.timeline import Timeline, exact_fps
    from phosphene.score.units import parse_position

    timeline = Timeline(song, score.fps, exact_fps(project.video.fps))
    try:
        row = timeline.frame_of(timeline.at(parse_position(position))) - int(score.frames[0])
    except (ValueError, ProjectError) as error:
        raise ProjectError(f"--resume-from {position}: {error}") from None
    if not 0 <= row <= len(score):
        first, last = (_clock(float(t)) for t in (score.start, score.start + score.duration))
        raise ProjectError(
            f"--resume-from {position}: the video goes from {first} to {last} of the song",
            "Choose a position within it.",
        )
    return Asked(position, row)


def _clock(seconds: float) -> str:
    return f"{int(seconds // 60)}:{int(seconds % 60):02d}"


@dataclass(frozen=True)
class Plan:
    """How a run begins: what it is made of, and how many frames of which folder it keeps."""

    about: Mapping[str, str]
    settings: str
    asked: int | None
    kept: int
    source: Path
    changed: bool


def planned(
    film_in: Callable[[Path], Film],
    folder: Path,
    about: Mapping[str, str],
    settings: str,
    asked: Asked | None,
    length: int,
) -> Plan:
    """Decide how many frames of an earlier run stay, and tell it; nothing is changed yet.

    Parameters
    ----------
    film_in : callable
        film_in(folder) is the film as it lies in a folder.
    folder : Path
        Of the film.
    about : mapping of str to str
        From `phosphene.rendering.identity.identity`.
    settings : str
        The settings in words.
    asked : Asked or None
        Without it, all or nothing: nothing after a change.
    length : int
        Frames of the whole film.

    Raises
    ------
    ProjectError
        If `asked` cannot be, with what was kept.
    """
    places = {place: begun_in(place) for place in (folder, *set_aside(folder))}
    # The same command once more: not back to the position again, but on from where it stopped.
    again = [
        place
        for place, begun in places.items()
        if begun and not begun.changed(about) and (asked is None or begun.asked == asked.row)
    ]
    described = [place for place, begun in places.items() if begun]
    if again:
        source = again[0]
    elif asked and described and not places[folder]:
        source = max(described, key=lambda place: (place / ABOUT).stat().st_mtime)
    else:
        source = folder
    begun = places[source]
    changed = begun.changed(about) if begun else ["its description, which is damaged"]
    if asked is not None and not again:
        if begun is None:
            raise ProjectError(
                f"--resume-from {asked.position}: nothing is kept of an earlier run of "
                f"{film_in(folder).path}",
                "Frames are kept of a run that was stopped, or rendered with --keep.",
            )
        if unfit := [name for name in changed if name in FILMED]:
            raise ProjectError(
                f"--resume-from {asked.position}: the frames that are kept differ in "
                f"{', '.join(unfit)}, and cannot be in one film with new ones",
                "Give what it was, or leave --resume-from out to start over.",
            )
    film, kept = film_in(source), 0
    limit = length if again else asked.row if asked else 0
    if limit:
        rows = (row for row in checkpoint.rows(source) if row < limit)
        kept = next((row + 1 for row in rows if _fits(source, row, film)), 0)
    if kept or any(map(is_filmed, state_files(folder))):
        _log.info(_told(kept, changed, None if again else asked, film))
    asked_row = asked.row if asked else begun.asked if begun and kept else None
    return Plan(about, settings, asked_row, kept, source, bool(changed))


def _fits(folder: Path, row: int, film: Film) -> bool:
    picture = checkpoint.load(folder, row)[checkpoint.PICTURE]
    height, width, _ = film.shape
    sound = picture.dtype == torch.float32 and picture.shape == (1, 3, height, width)
    return sound and film.holds(row + 1)


def begin(plan: Plan, film: Film, folder: Path) -> None:
    """Bring a folder into the state that a plan decided on; what it does not use is set aside.

    Killed at any moment, the same command begins in the same way: the description comes last.

    Parameters
    ----------
    plan : Plan
    film : Film
        As it lies in the plan's source.
    folder : Path
        Of the film.
    """
    make_folder(folder)
    needed = [*film.needed(plan.kept), *checkpoint.needed(plan.source, plan.kept - 1)]
    if plan.source != folder or plan.changed:
        aside = put_aside(folder)
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
    told = {"made of": dict(plan.about), "asked": plan.asked, "settings": plan.settings}
    checkpoint.describe(folder, told)


def _told(kept: int, changed: list[str], asked: Asked | None, film: Film) -> str:
    if asked is None and changed:
        names = ", ".join(changed)
        return f"Changed since the last run was stopped: {names}. Starting over. {ASIDE_TOLD}"
    if asked is None:
        return (
            f"Going on after frame {kept}, where the last run was stopped."
            if kept
            else "The last run left nothing to go on from. Starting over."
        )
    what = f"{', '.join(changed)} changed" if changed else "nothing changed"
    also = f" {ASIDE_TOLD}" if changed else ""
    if not kept:
        return (
            f"No picture is kept of the time before {asked.position}: starting over ({what}).{also}"
        )
    return (
        f"Keeping the first {kept} frames, {kept / float(film.fps):.2f} s: the last that are kept "
        f"before {asked.position}. Painting on from there ({what}).{also}"
    )
