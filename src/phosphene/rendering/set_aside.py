"""Sets aside the frames of runs with other settings.

Each such run has its own folder in the state folder of the film, named by its fingerprint. If a
move is interrupted, the next run completes it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from phosphene.own_files import ABOUT, ASIDE, clear_own, state_files
from phosphene.rendering import checkpoint


@dataclass(frozen=True)
class EarlierRun:
    """The settings of the run in a folder, and the row of its `--resume-from`, if any."""

    made_of: Mapping[str, str]
    asked: int | None

    @property
    def fingerprint(self) -> str:
        """Twelve hexadecimal digits that identify the run."""
        text = json.dumps([dict(self.made_of), self.asked], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def changed(self, about: Mapping[str, str]) -> list[str]:
        """The names of the settings that differ in another run."""
        names = about.keys() | self.made_of.keys()
        return sorted(name for name in names if about.get(name) != self.made_of.get(name))


def earlier_run(folder: Path) -> EarlierRun | None:
    """The run in a folder; None if there is none or its description is damaged."""
    about = checkpoint.described(folder) or {}
    made_of, asked = about.get("made of"), about.get("asked")
    if not isinstance(made_of, dict) or not all(isinstance(v, str) for v in made_of.values()):
        return None
    return EarlierRun(made_of, asked if isinstance(asked, int) else None)


def runs_set_aside(folder: Path) -> list[Path]:
    """The folders of runs with other settings, in the state folder of a film."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if ASIDE.fullmatch(path.name))


def complete_move(folder: Path) -> None:
    """Complete an interrupted move between a folder and a run set aside in it."""
    run = earlier_run(folder)
    aside = folder / f"aside-{run.fingerprint}" if run else folder
    if aside != folder and aside.is_dir():
        move(aside, folder)


def has_frames(path: Path) -> bool:
    """Whether a file contains frames."""
    return path.name.startswith("segment-")


def move_aside(folder: Path) -> Path | None:
    """Set the run in a folder aside, and return its new folder; None if it has no frames."""
    files = state_files(folder)
    if not any(map(has_frames, files)):
        clear_own(folder)
        return None
    run = earlier_run(folder)
    name = run.fingerprint if run else hashlib.sha256(os.urandom(16)).hexdigest()[:12]
    aside = folder / f"aside-{name}"
    move(folder, aside)
    return aside


def move(source: Path, target: Path) -> None:
    """Move a run to another folder; its description is copied first and removed last."""
    target.mkdir(exist_ok=True)
    about = source / ABOUT
    if about.exists():
        shutil.copyfile(about, target / ABOUT)
    for path in state_files(source):
        if path != about:
            os.replace(path, target / path.name)
    about.unlink(missing_ok=True)
    if ASIDE.fullmatch(source.name):
        with suppress(OSError):  # it contains a file of the user's
            source.rmdir()
