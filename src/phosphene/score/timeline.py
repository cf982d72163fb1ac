"""The timeline: relates the frames of a video to the seconds, beats and bars of its song."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from phosphene.authoring import read_only
from phosphene.bounds import FASTEST, FRAMES, SLOWEST, require_affordable, shortened
from phosphene.errors import ProjectError
from phosphene.score.units import At, Length, Part
from phosphene.song.song import ROLES, Section, Song
from phosphene.song.tempo import TempoMap

T = TypeVar("T")

SAME_MOMENT = 1e-6  # seconds; closer keys are in conflict
LARGEST = 2**31  # above the numerators that ffmpeg takes
NTSC = {round(n * 1000 / 1001, 3): Fraction(n * 1000, 1001) for n in (24, 30, 48, 60, 120)}


def exact_fps(fps: float | str | Fraction) -> Fraction:
    """The frame rate as a fraction; 23.976 and 29.97 mean 24000/1001 and 30000/1001.

    One with many digits, as computed from a tempo, is the nearest that ffmpeg takes.

    Raises
    ------
    ValueError
        If `fps` is not a number from 0.1 to 240.
    """
    text = str(fps).strip()
    bounds = f"expected {float(SLOWEST):g} to {float(FASTEST):g} frames per second"
    try:
        if "/" not in text and not SLOWEST <= float(text) <= FASTEST:
            raise OverflowError  # checked first: the fraction of 1e99999999 would fill memory
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
    return exact if exact.numerator < LARGEST else exact.limit_denominator(10**6)


@dataclass(frozen=True, eq=False)
class Timeline:
    """The frames of a video; frame i is shown from `starts[i]` to `starts[i + 1]`.

    Parameters
    ----------
    song : Song
        The song to which positions in beats, bars, sections and per cent refer.
    fps : Fraction
        Frames per second of the rendered video.
    project_fps : Fraction
        Frames per second of the project's values and frame numbers.
    shown : tuple of two Fractions, optional
        Start and end of the film in the song, in seconds; default: the entire song.
    """

    song: Song
    fps: Fraction
    project_fps: Fraction
    shown: tuple[Fraction, Fraction] | None = None

    @cached_property
    def n_frames(self) -> int:
        """Number of frames up to the last sample of the song, at least one."""
        count = max(1, math.ceil(self.song.duration * self.fps - 1e-6))
        require_affordable(count, "frames", "Lower the frame rate, or shorten the song.", FRAMES)
        return count

    @cached_property
    def film(self) -> range:
        """The rows shown in the film."""
        if self.shown is None:
            return range(self.n_frames)
        begin, end = self.shown
        return range(math.floor(begin * self.fps), min(math.ceil(end * self.fps), self.n_frames))

    @cached_property
    def starts(self) -> NDArray[np.float64]:
        """Start of each frame in seconds, shape (n_frames,), read-only."""
        return read_only(np.arange(self.n_frames) / float(self.fps))

    @cached_property
    def times(self) -> NDArray[np.float64]:
        """Times to sample a smooth curve at, in seconds; shape (n_frames,), read-only.

        At the project's own fps these are the starts. At another fps each step is sampled at the
        same offset from its middle (the midpoint rule), so that the steps add up to the same path
        instead of one that is half a frame ahead.
        """
        return read_only(self.starts + 0.5 * float(1 / self.project_fps - 1 / self.fps))

    @cached_property
    def tempo_map(self) -> TempoMap:
        """Converts beats and bars to seconds; 120 BPM in 4/4 if the song has no beats."""
        return self.song.tempo_map

    def at(self, position: At) -> float:
        """Seconds of a position.

        Raises
        ------
        ProjectError
            If the position is outside the song.
        """
        seconds = self._seconds(position)
        # One frame of tolerance: frame 120 of an 8 s song at 15 fps is its end, not outside it.
        if seconds > self.song.duration + 1.0 / float(self.project_fps):
            raise ProjectError(
                f"position '{position}' is outside the song: it is at {seconds:.2f} s, and "
                f"the song ends at {self.song.duration:.2f} s",
                "Choose a position within the song; `phosphene listen SONG` shows its beats.",
            )
        return seconds

    def placed(self, keys: Mapping[At, T], name: str) -> dict[float, T]:
        """Values by time in seconds, in order; `name` is for errors.

        Raises
        ------
        ProjectError
            If a position is outside the song, or if two different values are at the same time.
        """
        moments = sorted(((self.at(key), key) for key in keys), key=lambda moment: moment[0])
        placed = {seconds: keys[key] for seconds, key in moments}
        for (earlier, one), (later, other) in pairwise(moments):
            if later - earlier < SAME_MOMENT:
                if keys[one] != keys[other]:
                    raise ProjectError(
                        f"{name}: '{one}' and '{other}' are the same time, {later:.2f} s, but "
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
        if position.unit in ("section", *ROLES):
            return self._sections(position.unit, int(position.value), str(position))[0].start
        return position.value

    def spans(self, part: Part) -> list[tuple[float, float]]:
        """Start and end in seconds of the sections that a part names, in order.

        Raises
        ------
        ProjectError
            If the song has none.
        """
        sections = self._sections(part.name, part.number, str(part))
        return [(section.start, section.end) for section in sections]

    def _sections(self, name: str, number: int | None, text: str) -> tuple[Section, ...]:
        """The sections with a name, or one of them by its number from 1."""
        named = self.song.sections_named(name)
        if len(named) < (number or 1):
            counts = Counter(section.role for section in self.song.sections if section.role)
            roles = ", ".join(
                role if count == 1 else f"{role} 1-{count}" for role, count in counts.items()
            )
            known = f"{len(self.song.sections) or 'no'} sections" + (f": {roles}" if roles else "")
            raise ProjectError(
                f"position '{text}' is outside the song, which has {known}",
                "`phosphene listen SONG` lists them; `sections` in [song] corrects them.",
            )
        return named if number is None else named[number - 1 : number]

    @overload
    def length(self, span: Length, start: float = 0.0) -> float: ...
    @overload
    def length(self, span: Length, start: NDArray[np.float64]) -> NDArray[np.float64]: ...
    def length(
        self, span: Length, start: float | NDArray[np.float64] = 0.0
    ) -> float | NDArray[np.float64]:
        """Seconds of a span.

        Parameters
        ----------
        span : Length
        start : float or ndarray, shape (n,)
            Its start in seconds, as beats may differ in length.

        Returns
        -------
        float or ndarray, shape (n,)
            Like `start`.
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
        """The frame whose interval contains a time, possibly after the last frame."""
        return math.floor(seconds * self.fps + 1e-6)
