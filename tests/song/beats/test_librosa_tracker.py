from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from phosphene.song import listen


@pytest.mark.parametrize("seed", range(12))
def test_scattered_sounds_give_sane_beats(seed: int, write: Callable[..., Path]) -> None:
    rng = np.random.default_rng(seed)
    sound = rng.standard_normal(int(22050 * rng.uniform(1, 12))) * 10 ** rng.uniform(-6, -1)
    for start in rng.integers(0, len(sound), rng.integers(0, 60)):
        t = np.arange(min(4410, len(sound) - start)) / 22050
        tone = np.sin(2 * np.pi * rng.uniform(40, 5000) * t) * np.exp(-t * rng.uniform(0, 80))
        sound[start : start + len(t)] += rng.random() * tone
    song = listen(write(sound))
    assert np.isfinite(song.tempo)
    assert 0 <= song.confidence <= 1
    assert (song.tempo > 0) == (len(song.beats) > 0)
    assert np.all(np.diff(song.beats) > 0)
    assert np.all(np.diff(song.onsets) >= 0.05)
    assert np.all((song.beats >= 0) & (song.beats <= song.duration + 0.001))
