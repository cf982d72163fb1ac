"""The built-in beat trackers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from phosphene.authoring import hookimpl
from phosphene.song.beats.pulse import Pulse, Sound

__all__ = ["DEFAULT", "Pulse", "Sound", "TrackerSpec", "register_trackers"]

DEFAULT = "bars"


@dataclass(frozen=True)
class TrackerSpec:
    """A beat tracker.

    Parameters
    ----------
    name : str
        Its name in a project: `[song] tracker = "..."`.
    description : str
        One line for the docs and `phosphene listen --help`.
    track : callable
        track(sound) returns the `Pulse`; heavy imports belong inside it.
    """

    name: str
    description: str
    track: Callable[[Sound], Pulse]


def _bars(sound: Sound) -> Pulse:
    from phosphene.song.beats.bars import find_bars

    return find_bars(sound)


def _librosa(sound: Sound) -> Pulse:
    from phosphene.song.beats.librosa_tracker import find_beats

    return find_beats(sound)


BARS = TrackerSpec("bars", "a beat network and a bar pointer: bars of any metre", _bars)
LIBROSA = TrackerSpec("librosa", "librosa's beat tracker; a bar is four beats", _librosa)


@hookimpl
def register_trackers(register: Callable[[TrackerSpec], None]) -> None:
    """Register the built-in trackers."""
    register(BARS)
    register(LIBROSA)
