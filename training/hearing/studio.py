"""Turns a practice song into a recording: instruments and effects."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, sosfilt

from training.hearing import kits
from training.hearing.paths import FONTS
from training.hearing.render import RATE, with_font
from training.hearing.score import DRUMS, Piece

Signal = NDArray[np.float32]


def record(piece: Piece, rng: np.random.Generator) -> Signal:
    """Render a song with a sound font, the synthetic instruments, or both, and add effects."""
    kind = rng.random()
    if kind < 0.12:
        sound = kits.render(piece, rng)
    else:
        font = FONTS[rng.choice(len(FONTS), p=[chance for chance, *_ in FONTS])]
        own_kit = kind < 0.37
        sound = with_font(piece, *font[1:], rng, (DRUMS,) if own_kit else ()).astype(np.float64)
        if own_kit:
            drums = kits.render(piece, rng, only_drums=True)
            n = max(len(sound), len(drums))
            sound = np.pad(sound, (0, n - len(sound))) / max(float(np.abs(sound).max()), 1e-6)
            sound += rng.uniform(0.2, 1.2) * np.pad(drums, (0, n - len(drums)))
    return add_effects(sound[: int((piece.length + 0.5) * RATE)], rng)


def add_effects(sound: NDArray[np.float64], rng: np.random.Generator) -> Signal:
    """Random equalisation, filters, reverb, distortion and noise."""
    sound = sound / max(float(np.abs(sound).max()), 1e-9)
    if rng.random() < 0.35:  # a tilt of the spectrum
        edge = butter(1, rng.uniform(100, 3000), "lowpass", fs=RATE, output="sos")
        low = sosfilt(edge, sound)
        sound = low * 10 ** rng.uniform(-0.4, 0.4) + (sound - low) * 10 ** rng.uniform(-0.4, 0.4)
    if rng.random() < 0.12:
        sound = sosfilt(butter(3, rng.uniform(1500, 8000), "lowpass", fs=RATE, output="sos"), sound)
    if rng.random() < 0.12:
        sound = sosfilt(butter(2, rng.uniform(60, 300), "highpass", fs=RATE, output="sos"), sound)
    if rng.random() < 0.2:
        n = int(RATE * rng.uniform(0.2, 1.2))
        tail = rng.standard_normal(n) * np.exp(-6 * np.arange(n) / n)
        tail *= rng.uniform(0.01, 0.06)
        tail[0] = 1.0
        sound = fftconvolve(sound, tail)[: len(sound)]
    if rng.random() < 0.3:
        drive = rng.uniform(1, 6)
        sound = np.tanh(drive * sound / max(float(np.abs(sound).max()), 1e-9))
    if rng.random() < 0.3:
        noise = rng.standard_normal(len(sound))
        sound = sound + noise * np.sqrt(np.mean(sound**2)) * 10 ** rng.uniform(-3, -0.7)
    return (0.8 * sound / max(float(np.abs(sound).max()), 1e-9)).astype(np.float32)


def without_beat(rng: np.random.Generator, seconds: float) -> Signal:
    """Sound without a beat: swelling noise, babble, drones, scattered notes."""
    n = int(seconds * RATE)
    kind = int(rng.choice([0, 1, 1, 1, 2, 3]))
    swell = np.interp(np.arange(n), np.linspace(0, n, 20), rng.uniform(0, 1, 20))
    noise = rng.standard_normal(n)
    if kind == 0:
        edges = np.sort(10 ** rng.uniform(1.8, 4, 2))
        band = butter(1, [edges[0], edges[1] + 50], "bandpass", fs=RATE, output="sos")
        return add_effects(sosfilt(band, noise) * swell, rng)
    sound = 0.003 * noise
    if kind == 1:  # babble: vowels of uneven length, with stops
        at = 0
        while at < n - RATE:
            length = rng.gamma(4, 0.045)
            timbre = (rng.uniform(0.5, 0.9), 2.0, 0.02)
            note = kits.tone(int(rng.integers(40, 64)), length, timbre)[: n - at]
            sound[at : at + len(note)] += note * rng.uniform(0.2, 1)
            at += int(RATE * (length + rng.exponential(0.08) + (rng.random() < 0.1) * rng.random()))
        return add_effects(sound, rng)
    for _ in range(int(seconds * rng.uniform(0.2, 3))):
        start = int(rng.integers(0, n - RATE))
        long = rng.uniform(2, 8) if kind == 2 else rng.uniform(0.05, 0.5)
        timbre = (rng.uniform(0.2, 0.9), 3.0, 0.5 if kind == 2 else 0.003)
        note = kits.tone(int(rng.integers(36, 90)), long, timbre)[: n - start]
        sound[start : start + len(note)] += note * rng.uniform(0.1, 1)
    return add_effects(sound, rng)
