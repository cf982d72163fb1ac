"""Films read back, and a song whose clicks are known."""

from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from phosphene.film.film import Film

WIDTH, HEIGHT, RATE = 64, 48, 44100
# Seconds; two of them next to frame borders at 15 and 30 fps.
CLICKS = (0.2005, 0.5, 0.9995, 1.3337, 3.0, 3.2671, 4.1234, 5.5, 6.8642, 7.4)


@pytest.fixture(scope="session")
def frames() -> Callable[[int], np.ndarray]:
    """Frames that all differ: a flat colour that changes and a bar that moves."""

    def make(count: int) -> np.ndarray:
        picture = np.zeros((count, HEIGHT, WIDTH, 3), np.uint8)
        for i, frame in enumerate(picture):
            frame[:] = 40 + 37 * i % 160
            frame[:, 16 * (i % 4) : 16 * (i % 4) + 16] = (230, 60, 20)
        return picture

    return make


@pytest.fixture(scope="session")
def clicks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight seconds of quiet stereo noise, louder on the left, with a click at each of CLICKS."""
    noise = np.random.default_rng(0).standard_normal((8 * RATE, 2)) * 0.003
    for time in CLICKS:
        first = round(time * RATE)
        ring = np.exp(-np.arange(300) / 60) * np.cos(np.arange(300) * 0.4)
        noise[first : first + 300] += 0.8 * ring[:, None]
    noise[:, 1] *= 0.5
    path = tmp_path_factory.mktemp("song") / "clicks.wav"
    soundfile.write(path, noise, RATE)
    return path


@pytest.fixture(scope="session")
def click_times() -> tuple[float, ...]:
    return CLICKS


@pytest.fixture(scope="session")
def shoot() -> Callable[..., Path]:
    """Write frames to a film: ``shoot(path, frames, fps, *more_of_Film)``."""

    def write(
        path: Path, pictures: Iterable[np.ndarray], fps: Fraction, *more: Any, **named: Any
    ) -> Path:
        with Film(path, WIDTH, HEIGHT, fps, *more, **named) as film:
            for picture in pictures:
                film.write(picture)
        return path

    return write
