"""Synthetic instruments made of sines and noise: drum kits and simple tones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from training.hearing.render import RATE, played
from training.hearing.score import DRUMS, Part, Piece

Sound = NDArray[np.float64]


def _noise(
    rng: np.random.Generator, seconds: float, decay: float, low: float, high: float
) -> Sound:
    n = int(seconds * RATE)
    band = butter(2, [low, min(high, 0.49 * RATE)], "bandpass", fs=RATE, output="sos")
    return sosfilt(band, rng.standard_normal(n)) * np.exp(-np.arange(n) / RATE / decay)


def _drop(seconds: float, decay: float, begin: float, end: float, fall: float) -> Sound:
    """A sine whose pitch falls from `begin` to `end` Hz."""
    t = np.arange(int(seconds * RATE)) / RATE
    phase = end * t + (begin - end) * fall * (1 - np.exp(-t / fall))
    return np.sin(2 * np.pi * phase) * np.exp(-t / decay)


class Kit:
    """A random drum kit. Each drum is synthesised on first use."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.made: dict[int, Sound] = {}

    def stroke(self, pitch: int) -> Sound:
        """The sound of a General MIDI drum."""
        if pitch not in self.made:
            sound = self._make(pitch)
            self.made[pitch] = sound / max(float(np.abs(sound).max()), 1e-9)
        return self.made[pitch]

    def _make(self, pitch: int) -> Sound:
        r = self.rng
        if pitch in (35, 36):
            body = _drop(
                0.5,
                r.uniform(0.08, 0.3),
                r.uniform(90, 300),
                r.uniform(40, 65),
                r.uniform(0.01, 0.05),
            )
            body[: int(0.02 * RATE)] += r.uniform(0, 0.6) * _noise(r, 0.02, 0.004, 1000, 8000)
            return body
        if pitch in (37, 38, 39, 40):
            body = r.uniform(0.3, 2) * _noise(
                r, 0.4, r.uniform(0.04, 0.18), r.uniform(300, 1500), 9000
            )
            tone = _drop(0.4, r.uniform(0.03, 0.12), r.uniform(200, 400), r.uniform(150, 220), 0.02)
            return body + tone
        if pitch in (41, 43, 45, 47, 48, 50) or 60 <= pitch <= 66:
            height = 70 * 2 ** ((pitch - 41) / 9)
            return _drop(0.5, r.uniform(0.1, 0.25), height * 1.6, height, 0.04)
        if pitch in (46, 49, 52, 55, 57, 51, 53, 59):
            long = r.uniform(0.4, 1.0) if pitch in (49, 52, 55, 57) else r.uniform(0.15, 0.4)
            return _noise(r, 1.5, long, r.uniform(2500, 6000), 10900)
        if pitch in (53, 56, 75, 76, 77, 80, 81):
            t = np.arange(int(0.3 * RATE)) / RATE
            f = r.uniform(500, 2500)
            return (np.sin(2 * np.pi * f * t) + np.sin(2 * np.pi * f * 1.48 * t)) * np.exp(
                -t / 0.05
            )
        return _noise(r, 0.2, r.uniform(0.015, 0.06), r.uniform(3500, 7500), 10900)


def tone(pitch: int, seconds: float, timbre: tuple[float, float, float]) -> Sound:
    """A note of a few harmonics: (brightness, decay in seconds, attack in seconds)."""
    bright, decay, attack = timbre
    n = int((seconds + 0.05) * RATE)
    t = np.arange(n) / RATE
    f = 440 * 2 ** ((pitch - 69) / 12)
    sound = np.zeros(n)
    for k in range(1, 9):
        if k * f < 0.45 * RATE:
            sound += bright ** (k - 1) * np.sin(2 * np.pi * k * f * t)
    sound *= np.exp(-t / decay) * np.minimum(t / attack, 1)
    return sound * np.clip((seconds + 0.05 - t) / 0.05, 0, 1)


def render(piece: Piece, rng: np.random.Generator, only_drums: bool = False) -> Sound:
    """The song played by these instruments, shape (n,)."""
    sound = np.zeros(int((piece.length + 2.0) * RATE))
    for part in piece.parts:
        if part.programme == DRUMS:
            _drums(sound, part, piece, rng)
        elif not only_drums:
            _tones(sound, part, piece, rng)
    return sound / max(float(np.abs(sound).max()), 1e-9) * 0.9


def _add(sound: Sound, note: Sound, at: float, gain: float) -> None:
    start = round(at * RATE)
    stop = min(start + len(note), len(sound))
    sound[start:stop] += gain * note[: stop - start]


def _drums(sound: Sound, part: Part, piece: Piece, rng: np.random.Generator) -> None:
    kit = Kit(rng)
    loud = {pitch: rng.uniform(0.5, 1.0) * (1.6 if pitch < 42 else 0.6) for pitch in range(128)}
    for begin, _, pitch, velocity in played(part, piece, rng) if part.notes else []:
        _add(sound, kit.stroke(pitch), begin, loud[pitch] * (velocity / 127) ** 1.5)


def _tones(sound: Sound, part: Part, piece: Piece, rng: np.random.Generator) -> None:
    timbre = (rng.uniform(0.2, 0.8), 10 ** rng.uniform(-0.9, 0.7), 10 ** rng.uniform(-2.7, -1.6))
    for begin, end, pitch, velocity in played(part, piece, rng) if part.notes else []:
        _add(sound, tone(pitch, end - begin, timbre), begin, 0.35 * (velocity / 127) ** 1.5)
