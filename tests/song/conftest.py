"""Sounds whose every attack is known, and files of them."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import soundfile

SAMPLES = Path(__file__).parents[2] / "samples"


def one_hit(kind: str, rate: int) -> np.ndarray:
    """A tenth of a second of a hit that begins at its first sample, shape (rate // 10,)."""
    t = np.arange(rate // 10) / rate
    noise = np.random.default_rng(0).standard_normal(len(t))
    return {
        "click": 0.9 * np.sin(2 * np.pi * 1000 * t) * 2.0 ** (-100 * t),
        "sample": 0.9 * (t == 0),
        "noise": 0.3 * noise * np.exp(-t / 0.02),
        "kick": 0.9 * np.sin(2 * np.pi * (50 * t + 6 - 6 * np.exp(-t / 0.03))) * np.exp(-t / 0.015),
        "beep": 0.9 * np.sin(2 * np.pi * 440 * t) * (t < 0.08),
    }[kind]


@pytest.fixture(scope="session")
def make_hits() -> Callable[..., np.ndarray]:
    """Make silence of `length` seconds with a hit at each of `times`."""

    def make(times: np.ndarray, length: float, rate: int = 22050, kind: str = "click"):
        sound = np.zeros(round(length * rate))
        one = one_hit(kind, rate)
        for time in times:
            start = round(time * rate)
            sound[start : start + len(one)] += one[: len(sound) - start]
        return sound

    return make


@pytest.fixture
def hits(make_hits: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    """See `make_hits`."""
    return make_hits


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write samples to a file, as floats where the format has them, and give its path."""

    def write_sound(samples: np.ndarray, rate: int = 22050, name: str = "song.wav") -> Path:
        path = tmp_path / name
        subtype = "FLOAT" if path.suffix == ".wav" else None
        soundfile.write(path, samples, rate, subtype=subtype)
        return path

    return write_sound


@pytest.fixture(scope="session")
def make_song() -> ModuleType:
    """The script that makes the sample song."""
    spec = importlib.util.spec_from_file_location("make_song", SAMPLES / "make_song.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
