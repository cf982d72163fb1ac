"""The values of the names of a formula in each frame."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from phosphene.score.channels import Curve
from phosphene.score.curves.envelopes import on_frames
from phosphene.score.timeline import Timeline
from phosphene.song.song import Song
from phosphene.song.tempo import NOMINAL_BEAT


class NameValues(Mapping[str, Any]):
    """A mapping of all names of formulas to their values, computed on first use.

    Parameters
    ----------
    song : Song
    timeline : Timeline
        At the project's own fps: a formula is evaluated once for each of its frames.
    """

    def __init__(self, song: Song, timeline: Timeline) -> None:
        self._song, self._timeline = song, timeline
        self._names = [*_NAMES, *song.features, *song.extra]
        self._computed: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._computed:
            if name in _NAMES:
                self._computed[name] = _NAMES[name](self._song, self._timeline)
            elif name in self._names:
                self._computed[name] = on_frames(self._song.feature(name), self._timeline)
            else:
                raise KeyError(name)
        return self._computed[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _beat_frames(timeline: Timeline) -> Curve:
    """Starts of the frames that contain beats, from before the song to after its end."""
    fps = float(timeline.fps)
    ends = (0.0, timeline.n_frames / fps)
    first, last = (math.floor(timeline.tempo_map.time_beat(t)) for t in ends)
    beats = timeline.tempo_map.beat_time(np.arange(first - 1.0, last + 3.0))
    return np.floor(beats * fps + 1e-6) / fps


def _since_beat(song: Song, timeline: Timeline) -> Curve:
    beats = _beat_frames(timeline)
    return timeline.starts - beats[np.searchsorted(beats, timeline.starts + 1e-9, "right") - 1]


def _until_beat(song: Song, timeline: Timeline) -> Curve:
    beats = _beat_frames(timeline)
    return beats[np.searchsorted(beats, timeline.starts + 1e-9, "right")] - timeline.starts


_NAMES: dict[str, Callable[[Song, Timeline], Any]] = {
    "t": lambda song, timeline: timeline.starts,
    "frame": lambda song, timeline: np.arange(float(timeline.n_frames)),
    "frames": lambda song, timeline: float(timeline.n_frames),
    "fps": lambda song, timeline: float(timeline.fps),
    "duration": lambda song, timeline: song.duration,
    "beat": lambda song, timeline: timeline.tempo_map.time_beat(timeline.starts),
    "bar": lambda song, timeline: timeline.tempo_map.time_bar(timeline.starts),
    "bpm": lambda song, timeline: song.tempo or 60.0 / NOMINAL_BEAT,
    "since_beat": _since_beat,
    "until_beat": _until_beat,
    "pi": lambda song, timeline: np.pi,
    "e": lambda song, timeline: np.e,
    "tau": lambda song, timeline: 2.0 * np.pi,
}
