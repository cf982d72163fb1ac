"""Click tracks, with and without accents."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from training.hearing.render import RATE

Times = NDArray[np.float64]


def metronome(rng: np.random.Generator, seconds: float) -> tuple[NDArray[np.float32], Times, Times]:
    """(sound, beats, downbeats), in seconds; bars of four beats if there are no accents."""
    accented = rng.random() < 0.6
    metre = (
        int(rng.choice([2, 3, 4, 5, 6, 7], p=[0.1, 0.2, 0.5, 0.05, 0.1, 0.05])) if accented else 4
    )
    beats = np.arange(rng.choice([0.0, rng.uniform(0, 2)]), seconds, 60 / rng.uniform(55, 210))
    beats = beats[: len(beats) - int(rng.integers(0, max(1, len(beats) // 4)))]  # then silence
    sound = 10 ** rng.uniform(-5, -2.5) * rng.standard_normal(int(seconds * RATE))
    plain, marked = click(rng), click(rng) if rng.random() < 0.5 else None
    for k, beat in enumerate(beats):
        first = accented and k % metre == 0
        one = (marked if first and marked is not None else plain) * (1.5 if first else 1.0)
        at = round(beat * RATE)
        room = sound[at : at + len(one)]
        room += one[: len(room)]
    sound *= rng.uniform(0.1, 0.9) / max(float(np.abs(sound).max()), 1e-9)
    return sound.astype(np.float32), beats, beats[::metre]


def click(rng: np.random.Generator) -> NDArray[np.float64]:
    """A decaying or clipped sine or noise of 2 to 60 ms."""
    time = np.arange(int(RATE * 10 ** rng.uniform(-2.7, -1.2))) / RATE
    wave = (
        np.sin(2 * np.pi * 10 ** rng.uniform(2.3, 3.8) * time)
        if rng.random() < 0.7
        else rng.standard_normal(len(time))
    )
    return wave * np.exp(-rng.uniform(0, 6) * time / time[-1])
