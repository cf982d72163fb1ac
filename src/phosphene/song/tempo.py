"""The tempo map: beats and bars to seconds, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from phosphene.authoring import read_only

Times = NDArray[np.float64]

#: The grid without detected beats: 120 BPM in 4/4, from time 0.
NOMINAL_BEAT = 0.5
NOMINAL_METRE = 4


def _time(knots: Times, n: ArrayLike) -> Any:
    """Seconds of position `n`, counted from 1, extrapolated beyond the ends."""
    place = np.asarray(n, dtype=np.float64) - 1.0
    i = np.clip(np.floor(place), 0, len(knots) - 2).astype(np.intp)
    time = knots[i] + (place - i) * (knots[i + 1] - knots[i])
    return float(time) if time.ndim == 0 else time


def _place(knots: Times, t: ArrayLike) -> Any:
    """Position at `t` seconds, counted from 1: the inverse of `_time`."""
    time = np.asarray(t, dtype=np.float64)
    i = np.clip(np.searchsorted(knots, time, side="right") - 1, 0, len(knots) - 2)
    place = 1.0 + i + (time - knots[i]) / (knots[i + 1] - knots[i])
    return float(place) if place.ndim == 0 else place


def _knots(times: ArrayLike, name: str) -> Times:
    knots = np.asarray(times, dtype=np.float64)
    if knots.ndim != 1 or not np.all(np.isfinite(knots)) or np.any(np.diff(knots) <= 0):
        raise ValueError(f"{name} must be one row of finite, strictly increasing seconds")
    return knots


@dataclass(frozen=True, eq=False)
class TempoMap:
    """Piecewise-linear map between beats, bars and seconds.

    Beat 1 is the first beat and bar 1 begins at the first downbeat. Fractions are interpolated
    (beat 1.5 is halfway from beat 1 to beat 2). The first and the last interval are extrapolated,
    so beat 0 and beat -3 are valid too. Without beats, the grid is 120 BPM in 4/4 from time 0.
    Every method takes a number or an array and returns the same.

    Parameters
    ----------
    beats : array_like, shape (n_beats,)
        Seconds, strictly increasing; may be empty.
    downbeats : array_like, shape (n_bars,)
        Seconds, strictly increasing; if empty, every fourth beat from the first begins a bar.

    Raises
    ------
    ValueError
        If either is not one row of finite, strictly increasing times.
    """

    beats: Times
    downbeats: Times

    def __post_init__(self) -> None:
        beats = _knots(self.beats, "beats")
        if len(beats) < 2:
            first = beats[0] if len(beats) else 0.0
            beats = first + NOMINAL_BEAT * np.arange(2.0)
        bars = _knots(self.downbeats, "downbeats")
        if len(bars) < 2:
            first_beat = _place(beats, bars[0]) if len(bars) else 1.0
            bars = _time(
                beats, np.arange(first_beat, len(beats) + NOMINAL_METRE + 1, NOMINAL_METRE)
            )
        object.__setattr__(self, "beats", read_only(beats.view()))
        object.__setattr__(self, "downbeats", read_only(bars.view()))

    @overload
    def beat_time(self, n: float) -> float: ...
    @overload
    def beat_time(self, n: Times) -> Times: ...
    def beat_time(self, n: Any) -> Any:
        """Time of beat `n` in seconds."""
        return _time(self.beats, n)

    @overload
    def bar_time(self, n: float) -> float: ...
    @overload
    def bar_time(self, n: Times) -> Times: ...
    def bar_time(self, n: Any) -> Any:
        """Start of bar `n` in seconds."""
        return _time(self.downbeats, n)

    @overload
    def time_beat(self, t: float) -> float: ...
    @overload
    def time_beat(self, t: Times) -> Times: ...
    def time_beat(self, t: Any) -> Any:
        """The beat, with its fraction, at `t` seconds: the inverse of `beat_time`."""
        return _place(self.beats, t)

    @overload
    def time_bar(self, t: float) -> float: ...
    @overload
    def time_bar(self, t: Times) -> Times: ...
    def time_bar(self, t: Any) -> Any:
        """The bar, with its fraction, at `t` seconds: the inverse of `bar_time`."""
        return _place(self.downbeats, t)

    @overload
    def beat_span(self, start: float, n_beats: float) -> float: ...
    @overload
    def beat_span(self, start: Times, n_beats: float) -> Times: ...
    def beat_span(self, start: Any, n_beats: float) -> Any:
        """Duration of `n_beats` beats from `start`, in seconds."""
        return self.beat_time(self.time_beat(start) + n_beats) - start

    @overload
    def bar_span(self, start: float, n_bars: float) -> float: ...
    @overload
    def bar_span(self, start: Times, n_bars: float) -> Times: ...
    def bar_span(self, start: Any, n_bars: float) -> Any:
        """Duration of `n_bars` bars from `start`, in seconds."""
        return self.bar_time(self.time_bar(start) + n_bars) - start
