"""A project file during editing: its text, its undo history, and edits by other programs."""

from __future__ import annotations

import hashlib
from codecs import BOM_UTF8
from dataclasses import dataclass
from pathlib import Path

from phosphene.bounds import BYTES
from phosphene.errors import ProjectError
from phosphene.song.files import require_file
from phosphene.studio.places import write_atomically

MAX_STEPS = 500  # that can be undone
OUTSIDE = "Edit in another program"


@dataclass(frozen=True)
class Step:
    """A change of the text: its label, and the text before it."""

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
        self.text, self._notation = _read(path)
        self._stamp = self._current_stamp()
        self._past: list[Step] = []
        self._future: list[Step] = []

    @property
    def digest(self) -> str:
        """Identifies this state of the text; an edit states the digest that it is based on."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]

    @property
    def undo(self) -> str:
        """Label of the change that `step_back` undoes; empty without one."""
        return self._past[-1].label if self._past else ""

    @property
    def redo(self) -> str:
        """Label of the change that `step_forward` redoes; empty without one."""
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
        """Undo the last change, or redo it."""
        taken, steps = (self._future, self._past) if forward else (self._past, self._future)
        if taken:
            step = taken[-1]
            self._write(step.before, Step(step.label, self.text), steps)
            taken.pop()

    def edited_outside(self) -> bool:
        """Whether another program has changed the file; if so, read its text.

        Raises
        ------
        ProjectError
            If it can no longer be read.
        """
        stamp = self._current_stamp()
        if stamp == self._stamp:
            return False
        (text, self._notation), self._stamp = _read(self.path), stamp
        if text == self.text:
            return False
        self._past.append(Step(OUTSIDE, self.text))
        self._future.clear()
        self.text = text
        return True

    def _write(self, text: str, step: Step, steps: list[Step]) -> None:
        ending, encoding = self._notation
        write_atomically(self.path, text.replace("\n", ending).encode(encoding))
        joined = step.gesture and steps and steps[-1].gesture == step.gesture
        if not joined:
            steps.append(step)
            del steps[:-MAX_STEPS]
        self.text, self._stamp = text, self._current_stamp()

    def _current_stamp(self) -> tuple[int, int, int]:
        try:
            found = self.path.stat()
        except OSError:
            return 0, 0, 0
        return found.st_mtime_ns, found.st_size, found.st_ino


def _read(path: Path) -> tuple[str, tuple[str, str]]:
    """The text of a file, and its notation: the end of a line, and the encoding."""
    require_file(path, "project file", BYTES, ProjectError)
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ProjectError(f"{path} cannot be read: {error}") from None
    ending = "\r\n" if "\r\n" in text else "\n"
    encoding = "utf-8-sig" if content.startswith(BOM_UTF8) else "utf-8"
    return text.replace("\r\n", "\n"), (ending, encoding)
