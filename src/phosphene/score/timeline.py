"""The timeline: the frames of a video against the seconds, beats and bars of its song."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from phosphene.authoring import read_only
from phosphene.bounds import FASTEST, FRAMES, SLOWEST, require_affordable, shortened
from phosphene.errors import ProjectError
from phosphene.score.units import At, Length
from phosphene.song.song import Song
from phosphene.song.tempo import TempoMap

T = TypeVar("T")

SAME_MOMENT = 1e-6  # seconds; keys that are nearer cannot both hold
NTSC = {round(n * 1000 / 1001, 3): Fraction(n * 1000, 1001) for n in (24, 30, 48, 60, 120)}


def exact_fps(fps: float | str | Fraction) -> Fraction:
    """The frame rate as a fraction; 23.976 and 29.97 mean 24000/1001 and 30000/1001.

    Raises
    ------
    ValueError
        If `fps` is not a number from 0.1 to 240.
    """
    text = str(fps).strip()
    bounds = f"expected {float(SLOWEST):g} to {float(FASTEST):g} frames per second"
    try:
        if "/" not in text and not SLOWEST <= float(text) <= FASTEST:
            raise OverflowError  # before the fraction is taken: that of 1e99999999 fills memory
        exact = Fraction(shortened(text))
    except (ValueError, ZeroDivisionError):
        raise ValueError("expected a number such as 15, 23.976 or 30000/1001") from None
    except OverflowError:
        raise ValueError(bounds) from None
    if not SLOWEST <= exact <= FASTEST:
        raise ValueError(bounds)
    for name, ntsc in NTSC.items():
        if exact.denominator > 1 and abs(float(exact) - name) < 6e-3:
            return ntsc
    return exact


@dataclass(frozen=True, eq=False)
class Timeline:
    """Frame i is shown from `starts[i]` to `starts[i + 1]`, in seconds of the song.

    Parameters
    ----------
    song : Song
        What positions in beats, bars, sections and per cent refer to.
    fps : Fraction
        Frames per second of the video that is rendered.
    project_fps : Fraction
        Frames per second that the project's values and frame numbers are given at.
    shown : tuple of two Fractions, optional
        Seconds of the song at which the film begins and ends; default: all of it.
    """

    song: Song
    fps: Fraction
    project_fps: Fraction
    shown: tuple[Fraction, Fraction] | None = None

    @cached_property
    def n_frames(self) -> int:
        """Number of frames: enough to show the last sample of the song, and at least one."""
        count = max(1, math.ceil(self.song.duration * self.fps - 1e-6))
        require_affordable(count, "frames", "Lower the frame rate, or cut the song.", FRAMES)
        return count

    @cached_property
    def film(self) -> range:
        """The rows that the film shows."""
        if self.shown is None:
            return range(self.n_frames)
        begin, end = self.shown
        return range(math.floor(begin * self.fps), min(math.ceil(end * self.fps), self.n_frames))

    @cached_property
    def starts(self) -> NDArray[np.float64]:
        """When each frame appears, in seconds; shape (n_frames,), read-only."""
        return read_only(np.arange(self.n_frames) / float(self.fps))

    @cached_property
    def times(self) -> NDArray[np.float64]:
        """Where a smooth curve is read for each frame, in seconds; shape (n_frames,), read-only.

        At the project's own fps these are the starts. At another fps each step is read at the
        same point of its own length, relative to the middle, so that the steps add up to the same
        path (the midpoint rule) instead of one that is half a frame ahead.
        """
        return read_only(self.starts + 0.5 * float(1 / self.project_fps - 1 / self.fps))

    @cached_property
    def tempo_map(self) -> TempoMap:
        """Beats and bars against seconds; 120 BPM in 4/4 where no beat was heard."""
        return self.song.tempo_map

    def at(self, position: At) -> float:
        """Seconds of a position.

        Raises
        ------
        ProjectError
            If the position lies outside of the song.
        """
        seconds = self._seconds(position)
        # A frame of grace: frame 120 of an 8 s song at 15 fps is its end, not outside of it.
        if seconds > self.song.duration + 1.0 / float(self.project_fps):
            raise ProjectError(
                f"position '{position}' lies outside of the song: it is at {seconds:.2f} s, and "
                f"the song ends at {self.song.duration:.2f} s",
                "Choose a position within the song; `phosphene listen SONG` shows its beats.",
            )
        return seconds

    def placed(self, keys: Mapping[At, T], name: str) -> dict[float, T]:
        """What stands at positions, by its seconds and in order; `name` is for errors.

        Raises
        ------
        ProjectError
            If a position lies outside of the song, or if two values stand at the same moment.
        """
        moments = sorted(((self.at(key), key) for key in keys), key=lambda moment: moment[0])
        placed = {seconds: keys[key] for seconds, key in moments}
        for (earlier, one), (later, other) in pairwise(moments):
            if later - earlier < SAME_MOMENT:
                if keys[one] != keys[other]:
                    raise ProjectError(
                        f"{name}: '{one}' and '{other}' are the same moment, {later:.2f} s, but "
                        "have different values",
                        "Remove one of the two, or move it.",
                    )
                if later > earlier:
                    del placed[later]
        return placed

    def _seconds(self, position: At) -> float:
        match position.unit:
            case "frame":
                return float(position.value / self.project_fps)
            case "beat":
                return max(0.0, float(self.tempo_map.beat_time(position.value)))
            case "bar":
                return max(0.0, float(self.tempo_map.bar_time(position.value)))
            case "%":
                return position.value / 100.0 * self.song.duration
            case "section":
                return self._section(position)
        return position.value

    def _section(self, position: At) -> float:
        sections = self.song.sections
        if position.value > len(sections):
            raise ProjectError(
                f"position '{position}' lies outside of the song: {len(sections)} sections were "
                "heard in it",
                "Use bars or seconds instead; `phosphene listen SONG` shows what was heard.",
            )
        return sections[int(position.value) - 1].start

    def length(self, span: Length, start: Any = 0.0) -> Any:
        """Seconds of a span.

        Parameters
        ----------
        span : Length
        start : float or ndarray, shape (n,)
            Where it begins, in seconds: beats may differ in length.

        Returns
        -------
        float or ndarray, shape (n,)
            As `start`.
        """
        match span.unit:
            case "beat":
                return self.tempo_map.beat_span(start, span.value)
            case "bar":
                return self.tempo_map.bar_span(start, span.value)
        units = {
            "frame": float(1 / self.project_fps),
            "s": 1.0,
            "ms": 1e-3,
            "%": self.song.duration / 100.0,
        }
        return span.value * units[span.unit] + 0.0 * start

    def frame_of(self, seconds: float) -> int:
        """The frame whose interval holds a point in time, which may be past the last one."""
        return math.floor(seconds * self.fps + 1e-6)
