"""How much of an earlier run is kept, and saying so."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from phosphene.cli.console import clock, console
from phosphene.cli.identity import FILMED
from phosphene.errors import ProjectError
from phosphene.film.lock import NAME as LOCK
from phosphene.paint import checkpoint

if TYPE_CHECKING:
    from phosphene.film import Film
    from phosphene.project import Project
    from phosphene.score.score import Score
    from phosphene.song.song import Song


@dataclass(frozen=True)
class Asked:
    """The position that the user wants to go on from, as written, and its row in the Score."""

    position: str
    row: int


def asked_for(position: str, song: Song, project: Project, score: Score) -> Asked:
    """Read `--resume-from`.

    Raises
    ------
    ProjectError
        If it is no position, or none within the video.
    """
    from phosphene.score.timeline import Timeline, exact_fps
    from phosphene.score.units import parse_position

    timeline = Timeline(song, score.fps, exact_fps(project.video.fps))
    try:
        row = timeline.frame_of(timeline.at(parse_position(position))) - int(score.frames[0])
    except (ValueError, ProjectError) as error:
        raise ProjectError(f"--resume-from {position}: {error}") from None
    if not 0 <= row <= len(score):
        first, last = clock(float(score.start)), clock(float(score.start + score.duration))
        raise ProjectError(
            f"--resume-from {position}: the video goes from {first} to {last} of the song",
            "Choose a position within it.",
        )
    return Asked(position, row)


def kept_frames(
    film: Film, folder: Path, about: dict[str, str], asked: Asked | None, length: int
) -> int:
    """Decide how many frames of an earlier run stay, tell it, and remove what does not.

    Parameters
    ----------
    film : Film
        Whose frames lie in `folder`.
    folder : Path
    about : dict of str to str
        From `phosphene.cli.identity.identity`.
    asked : Asked or None
        Without it, all or nothing: nothing after a change.
    length : int
        Frames of the whole film.

    Returns
    -------
    int
        The first frame to paint; 0 paints them all.

    Raises
    ------
    ProjectError
        If `asked` can not be, with what was kept.
    """
    begun = checkpoint.described(folder)
    if begun is None and asked is not None:
        raise ProjectError(
            f"--resume-from {asked.position}: nothing is kept of an earlier run of {film.path}",
            "Frames are kept of a run that was stopped, or rendered with --keep.",
        )
    earlier = begun or {}
    made_of = earlier.get("made of", {})
    changed = sorted(
        name for name in about.keys() | made_of.keys() if about.get(name) != made_of.get(name)
    )
    # The same command once more: not back to the position again, but on from where it stopped.
    again = asked is not None and not changed and earlier.get("asked") == asked.row
    limit = length if asked is None or again else asked.row
    if asked is not None and (unfit := [name for name in changed if name in FILMED]):
        raise ProjectError(
            f"--resume-from {asked.position}: the frames that are kept differ in "
            f"{', '.join(unfit)}, and can not be in one film with new ones",
            "Give what it was, or leave --resume-from out to start over.",
        )
    kept = 0
    if asked is not None or not changed:
        rows = (row for row in checkpoint.rows(folder) if row < limit)
        kept = next((row + 1 for row in rows if film.holds(row + 1)), 0)
    if kept or any(folder.glob("segment-*")):
        console.print(_told(kept, changed, None if again else asked, float(film.fps)))
    if kept:
        checkpoint.drop_after(folder, kept - 1)
    else:
        clear(folder)
    asked_row = asked.row if asked is not None else earlier.get("asked") if kept else None
    checkpoint.describe(folder, {"made of": about, "asked": asked_row})
    return kept


def clear(folder: Path) -> None:
    """Empty a folder, but for the lock that we hold on it."""
    for path in folder.iterdir():
        if path.name != LOCK:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _told(kept: int, changed: list[str], asked: Asked | None, fps: float) -> str:
    if asked is None and changed:
        return f"Changed since the last run was stopped: {', '.join(changed)}. Starting over."
    if asked is None:
        return (
            f"Going on after frame {kept}, where the last run was stopped."
            if kept
            else "The last run left nothing to go on from. Starting over."
        )
    what = f"{', '.join(changed)} changed" if changed else "nothing changed"
    if not kept:
        return f"No picture is kept of the time before {asked.position}: starting over ({what})."
    return (
        f"Keeping the first {kept} frames, {kept / fps:.2f} s: the last that are kept before "
        f"{asked.position}. Painting on from there ({what})."
    )
