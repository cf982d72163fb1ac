"""A project file during editing: its text, its undo history, and edits by other programs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from phosphene.bounds import BYTES
from phosphene.errors import ProjectError
from phosphene.song.files import require_file
from phosphene.studio.places import write_atomically

MOST = 500  # steps that can be undone
OUTSIDE = "Edit in another program"


@dataclass(frozen=True)
class Step:
    """A change of the text: what it did, and the text before it."""

    label: str
    before: str
    gesture: str = ""


class Document:
    """The text of a project file, and its history.

    Parameters
    ----------
    path : Path

    Raises
    ------
    ProjectError
        If it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.text = _read(path)
        self._stamp = self._stamped()
        self._past: list[Step] = []
        self._future: list[Step] = []

    @property
    def digest(self) -> str:
        """Identifies this state of the text: an edit names the one that it was made for."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]

    @property
    def undo(self) -> str:
        """What `step_back` would undo; empty if nothing."""
        return self._past[-1].label if self._past else ""

    @property
    def redo(self) -> str:
        """What `step_forward` would redo; empty if nothing."""
        return self._future[-1].label if self._future else ""

    def change(self, text: str, label: str, gesture: str = "") -> None:
        """Write a new text.

        Parameters
        ----------
        text : str
        label : str
            What the change does, for the undo button.
        gesture : str
            Changes with the same gesture, such as the moves of one slider, are one step.
        """
        if text == self.text:
            return
        self._write(text, Step(label, self.text, gesture), self._past)
        self._future.clear()

    def step_back(self) -> str:
        """The text before the last change; `revert` writes it."""
        return self._past[-1].before if self._past else self.text

    def step_forward(self) -> str:
        """The text after the change that was last undone."""
        return self._future[-1].before if self._future else self.text

    def revert(self, forward: bool = False) -> None:
        """Undo the last change, or do it again."""
        taken, kept = (self._future, self._past) if forward else (self._past, self._future)
        if taken:
            step = taken[-1]
            self._write(step.before, Step(step.label, self.text), kept)
            taken.pop()

    def edited_outside(self) -> bool:
        """Whether another program has changed the file; its text is read then.

        Raises
        ------
        ProjectError
            If it cannot be read any more.
        """
        stamp = self._stamped()
        if stamp == self._stamp:
            return False
        text, self._stamp = _read(self.path), stamp
        if text == self.text:
            return False
        self._past.append(Step(OUTSIDE, self.text))
        self._future.clear()
        self.text = text
        return True

    def _write(self, text: str, step: Step, kept: list[Step]) -> None:
        write_atomically(self.path, text.encode())
        joined = step.gesture and kept and kept[-1].gesture == step.gesture
        if not joined:
            kept.append(step)
            del kept[:-MOST]
        self.text, self._stamp = text, self._stamped()

    def _stamped(self) -> tuple[int, int, int]:
        try:
            found = self.path.stat()
        except OSError:
            return 0, 0, 0
        return found.st_mtime_ns, found.st_size, found.st_ino


def _read(path: Path) -> str:
    require_file(path, "project file", BYTES, ProjectError)
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ProjectError(f"{path} cannot be read: {error}") from None
