"""User corrections of the detected beats."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from phosphene.bounds import FileName
from phosphene.errors import SongError
from phosphene.song.beats.beat_files import read_beats
from phosphene.song.beats.pulse import Pulse
from phosphene.song.song import Song
from phosphene.song.tempo import NOMINAL_METRE, Times

_PHASES = 256  # phases that are tried
_NEAR = 0.06  # of a beat: tolerance for beats that support a phase


class Corrections(BaseModel):
    """Corrections of the detected beats, all optional."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    bpm: float | None = Field(None, ge=20, le=400, description="constant tempo of the song")
    tempo: Literal["half", "double"] | None = Field(
        None, description="the true tempo is half or double the detected one"
    )
    offset: float = Field(
        0.0, description="seconds added to every beat; -0.02 if beats are 20 ms late"
    )
    downbeat: int | None = Field(
        None, ge=1, description="number of a beat, counted from 1, that begins a bar"
    )
    metre: int | None = Field(None, ge=1, le=32, description="beats in a bar")
    beats: FileName | None = Field(
        None, description="file with the beats: text, .jams or .mid; relative to the project file"
    )

    @model_validator(mode="after")
    def _one_tempo(self) -> "Corrections":
        if self.bpm is not None and self.tempo is not None:
            raise ValueError("expected `bpm` or `tempo`, not both: `bpm` sets the tempo")
        if self.bpm is not None and self.beats is not None:
            raise ValueError("expected `bpm` or `beats`, not both: the file sets the tempo")
        return self


def corrected(song: Song, corrections: Corrections) -> Song:
    """The song with its beats corrected.

    Raises
    ------
    SongError
        If the beat file cannot be read, or the song has no such beat.
    """
    pulse = Pulse(song.beats, song.downbeats, song.tempo, song.confidence, song.metre)
    if corrections.beats is not None:
        pulse = read_beats(corrections.beats, song.duration)
    pulse = correct(pulse, corrections, song.duration)
    return replace(
        song,
        beats=pulse.beats,
        downbeats=pulse.downbeats,
        tempo=pulse.tempo,
        confidence=pulse.confidence,
        metre=pulse.metre,
    )


def correct(pulse: Pulse, corrections: Corrections, duration: float) -> Pulse:
    """Correct a pulse: tempo first, then bars, and the offset last.

    Parameters
    ----------
    pulse : Pulse
        As detected, or as read from a file.
    corrections : Corrections
        `beats` is ignored.
    duration : float
        Duration of the song in seconds; beats outside it are dropped.

    Returns
    -------
    Pulse

    Raises
    ------
    SongError
        If the song has fewer beats than `downbeat`.
    """
    for name, step in _STEPS.items():
        value = getattr(corrections, name)
        if value:
            pulse = step(pulse, value, duration)
    return pulse


def _levelled(pulse: Pulse, tempo: str, duration: float) -> Pulse:
    beats = pulse.beats
    if len(beats) < 2:
        return pulse
    if tempo == "half":
        # Keep the beat of every pair on which bars begin.
        odd = np.searchsorted(beats, pulse.downbeats - 1e-6) % 2
        beats, factor = beats[int(odd.sum() * 2 > len(odd)) :: 2], 0.5
    else:
        between = (beats[1:] + beats[:-1]) / 2
        beats, factor = np.sort(np.concatenate([beats, between])), 2.0
    faster = replace(pulse, beats=beats, tempo=pulse.tempo * factor)
    return barred(faster, pulse.metre, pulse.downbeats)


def _in_metre(pulse: Pulse, metre: int, duration: float) -> Pulse:
    return barred(pulse, metre, pulse.downbeats[:1])


def _from_downbeat(pulse: Pulse, number: int, duration: float) -> Pulse:
    if number > len(pulse.beats):
        raise SongError(
            f"song.downbeat: got {number}, but the song has {len(pulse.beats)} beats",
            "Count the clicks of `phosphene listen --clicks out.wav`.",
        )
    return barred(pulse, pulse.metre, pulse.beats[number - 1 : number])


def _shifted(pulse: Pulse, offset: float, duration: float) -> Pulse:
    def within(times: Any) -> Any:
        moved = times + offset
        return moved[(moved >= 0) & (moved <= duration)]

    return replace(pulse, beats=within(pulse.beats), downbeats=within(pulse.downbeats))


def at_bpm(pulse: Pulse, bpm: float, duration: float) -> Pulse:
    """A metronome that agrees with as many detected beats as possible.

    Parameters
    ----------
    pulse : Pulse
        As detected, possibly at another tempo.
    bpm : float
        Beats per minute, throughout.
    duration : float
        Duration of the song in seconds.

    Returns
    -------
    Pulse
        From the first detected beat to the last; over the entire song if there are none.
    """
    period = 60.0 / bpm
    if not len(pulse.beats):
        beats = np.arange(0.0, duration, period)
        return barred(replace(pulse, beats=beats, tempo=bpm), pulse.metre, beats[:1])
    # At double tempo there are as many off-beats as beats, so align with the downbeats.
    phase = _phase(np.concatenate([pulse.beats, pulse.downbeats]), period)
    first, last = np.rint((pulse.beats[[0, -1]] - phase) / period)
    beats = phase + period * np.arange(first, last + 1)
    beats = beats[(beats >= 0) & (beats <= duration)]
    return barred(replace(pulse, beats=beats, tempo=bpm), pulse.metre, pulse.downbeats)


def _phase(beats: Times, period: float) -> float:
    """Phase in seconds, 0 to `period`, at which a metronome matches the most beats."""
    turns = beats / period % 1.0
    counts, _ = np.histogram(turns, _PHASES, (0.0, 1.0))
    # Each phase counts the beats near it, on a circle.
    places = np.arange(_PHASES) / _PHASES
    near = np.exp(-0.5 * (np.minimum(places, 1.0 - places) / (_NEAR / 2)) ** 2)
    votes = np.fft.irfft(np.fft.rfft(counts) * np.fft.rfft(near), _PHASES)
    best = (int(np.argmax(votes)) + 0.5) / _PHASES
    away = (turns - best + 0.5) % 1.0 - 0.5
    return float((best + away[np.abs(away) <= _NEAR].mean()) % 1.0 * period)


def barred(pulse: Pulse, metre: int, downbeats: Times) -> Pulse:
    """Bars of one length that begin on as many `downbeats` as possible.

    Parameters
    ----------
    pulse : Pulse
    metre : int
        Beats per bar; 0 counts as 4.
    downbeats : np.ndarray, shape (n,)
        Seconds; each refers to the nearest beat. In a tie, the first decides.
    """
    metre = metre or NOMINAL_METRE
    if not len(pulse.beats):
        return pulse
    middles = (pulse.beats[1:] + pulse.beats[:-1]) / 2
    phases = np.searchsorted(middles, downbeats) % metre
    counts = np.bincount(phases, minlength=metre)
    most = next((p for p in phases.tolist() if counts[p] == counts.max()), 0)
    return replace(pulse, downbeats=pulse.beats[most::metre], metre=metre)


#: In order of application.
_STEPS: dict[str, Callable[[Pulse, Any, float], Pulse]] = {
    "bpm": at_bpm,
    "tempo": _levelled,
    "metre": _in_metre,
    "downbeat": _from_downbeat,
    "offset": _shifted,
}
