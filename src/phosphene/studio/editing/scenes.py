"""Edits of `[[scene]]` tables that keep them in order, and `continues` valid."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable

from phosphene.bounds import parse_toml
from phosphene.project.tables.scenes import INHERITED, Data
from phosphene.studio.editing.operations import Drop, Operation, Path, Put

Moment = Callable[[str], float | None]
"""moment(text) returns the seconds of a position, or None if the text is not one."""
Lines = list[Operation]


def place_of(text: str, at: str, moment: Moment) -> int:
    """The place of a new scene: how many of the scenes are not later."""
    scenes = _scenes(text)
    return _place(scenes, at, moment, len(scenes))


def moved(text: str, index: int, at: str, moment: Moment) -> tuple[Lines, int]:
    """Move a scene to a position.

    Returns
    -------
    tuple of list and int
        The changes in it and in those that continue it by its position, and its new place.
    """
    scenes = _scenes(text)
    scene = scenes[index]
    lines: Lines = [Put(path=["scene", index, "at"], value=at)]
    if "name" not in scene:
        lines += _renamed(scenes, index, str(scene["at"]), at)
    return lines, _place(scenes[:index] + scenes[index + 1 :], at, moment, index)


def dropped(text: str, index: int) -> Lines:
    """The changes to make before a scene is removed.

    The first scene that continues it begins in its place, with the prompt and the settings that it
    took over, and later ones continue that one.
    """
    scenes = _scenes(text)
    gone = scenes[index]
    name = str(gone.get("name", gone["at"]))
    later = _continuing(scenes, index, name)
    if "continues" in gone:
        return [Put(path=["scene", k, "continues"], value=gone["continues"]) for k in later]
    if not later:
        return []
    heir = scenes[later[0]]
    path: Path = ["scene", later[0]]
    own = [
        Put(path=[*path, key], value=gone[key])
        for key in INHERITED
        if key in gone and key not in heir
    ]
    to = str(heir.get("name", heir["at"]))
    return [*own, Drop(path=[*path, "continues"]), *_renamed(scenes, later[0], name, to)]


def _renamed(scenes: list[Data], index: int, name: str, to: str) -> Lines:
    later = _continuing(scenes, index, name)
    return [Put(path=["scene", k, "continues"], value=to) for k in later]


def _continuing(scenes: list[Data], index: int, name: str) -> list[int]:
    """The scenes after one that refer to it by a name."""
    return [k for k in range(index + 1, len(scenes)) if scenes[k].get("continues") == name]


def _place(scenes: list[Data], at: str, moment: Moment, unknown: int) -> int:
    """How many scenes are not later than a position; `unknown` if it has no time."""
    moments = [moment(str(scene.get("at"))) for scene in scenes]
    known = [time for time in moments if time is not None]
    here = moment(at)
    return unknown if here is None or len(known) < len(scenes) else bisect_right(known, here)


def _scenes(text: str) -> list[Data]:
    found: list[Data] = parse_toml(text).get("scene", [])
    return found
