"""The trackers that a project can choose from: each finds the beats and bars of a song."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from phosphene.hookspecs import hookimpl
from phosphene.song.pulse import Pulse, Sound

__all__ = ["DEFAULT", "Pulse", "Sound", "TrackerSpec", "register_trackers"]

DEFAULT = "librosa"


@dataclass(frozen=True)
class TrackerSpec:
    """A way to find beats and bars.

    Parameters
    ----------
    name : str
        What a project calls it: `[song] tracker = "..."`.
    description : str
        One line for the docs and `phosphene listen --help`.
    track : callable
        track(sound) gives the `Pulse`; imports what is heavy only when called.
    """

    name: str
    description: str
    track: Callable[[Sound], Pulse]


def _librosa(sound: Sound) -> Pulse:
    from phosphene.song.beats import find_beats

    return find_beats(sound)


LIBROSA = TrackerSpec("librosa", "librosa's beat tracker; a bar is four beats", _librosa)


@hookimpl
def register_trackers(register: Callable[[TrackerSpec], None]) -> None:
    """Register the trackers that come with Phosphene."""
    register(LIBROSA)
