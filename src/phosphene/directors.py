"""Directors: what turns a song and an idea into a project file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from phosphene.song.song import Song


@dataclass(frozen=True)
class Brief:
    """What a director is asked for.

    Parameters
    ----------
    idea : str
        What the film is about, on one line; empty if the user gave no idea.
    seed : int
        0 or more. Another seed is another film; the same one gives the same text.
    model : str
        Name of the engine that paints, such as ``worlds`` or ``sd15``.
    """

    idea: str
    seed: int
    model: str = "worlds"


@dataclass(frozen=True)
class DirectorSpec:
    """A director.

    Parameters
    ----------
    name : str
        Its name on the command line: `--director NAME`.
    description : str
        One line for `phosphene new --help` and the docs.
    direct : callable
        direct(song, brief) returns the text of a project file (TOML), with a comment for each
        choice. `[song] file` and the name of the model may be left out: Phosphene adds them. The
        same song and `Brief` must give the same text. Heavy imports belong inside it.
    """

    name: str
    description: str
    direct: Callable[[Song, Brief], str]
