"""The trackers that a project can choose from: each finds the beats and bars of a song."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from phosphene.hookspecs import hookimpl
from phosphene.song.pulse import Pulse, Sound

__all__ = ["DEFAULT", "Pulse", "Sound", "TrackerSpec", "register_trackers"]

DEFAULT = "bars"


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


def _bars(sound: Sound) -> Pulse:
    from phosphene.song.bars import find_bars

    return find_bars(sound)


def _librosa(sound: Sound) -> Pulse:
    from phosphene.song.beats import find_beats

    return find_beats(sound)


BARS = TrackerSpec("bars", "a beat network and a bar pointer: bars of any metre", _bars)
LIBROSA = TrackerSpec("librosa", "librosa's beat tracker; a bar is four beats", _librosa)


@hookimpl
def register_trackers(register: Callable[[TrackerSpec], None]) -> None:
    """Register the trackers that come with Phosphene."""
    register(BARS)
    register(LIBROSA)
