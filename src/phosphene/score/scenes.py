"""Scenes: runs of frames that are painted independently, and how each one begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Scene:
    """A run of frames, up to the start of the next scene.

    A scene that continues no other starts from scratch, with its own picture and noise, so that
    its frames do not depend on those before it.

    Parameters
    ----------
    start : int
        Frame number in the song from which it is fully visible.
    fade : int
        Number of frames before that in which it dissolves in over the scene before; 0 is a cut.
    origin : int, optional
        Index of the earlier scene that it continues from where that one ended.
    prompt : int
        Index of its first prompt; those up to the first prompt of the next scene are its own.
    seed : int
        Frame i of the song is painted from seed + i.
    image : Path, optional
        Its first picture, in place of a painted one.
    """

    start: int
    fade: int = 0
    origin: int | None = None
    prompt: int = 0
    seed: int = 0
    image: Path | None = None

    @property
    def entry(self) -> int:
        """Frame number of its first frame, with the dissolve."""
        return self.start - self.fade


def root(scenes: Sequence[Scene], index: int) -> int:
    """The scene at the end of the chain of origins of a scene; it continues no other."""
    origin = scenes[index].origin
    return index if origin is None else root(scenes, origin)
