from collections.abc import Callable

import numpy as np
import pytest

from phosphene.song.features.onsets import attack

RATE = 22050


@pytest.mark.parametrize("kind", ["click", "sample", "noise", "kick", "beep"])
@pytest.mark.parametrize("error", [-0.045, -0.01, 0.0, 0.03])
def test_a_sharp_attack_is_timed_to_two_milliseconds_and_never_early(
    kind: str, error: float, hits: Callable[..., np.ndarray]
) -> None:
    sound = hits(np.array([0.5]), 1.0, RATE, kind).astype(np.float32)
    found = attack(sound, RATE, 0.5 + error)
    assert 0 <= found.time - 0.5 < 0.002
    assert found.rise > 4


def test_a_click_is_found_over_a_loud_bass(hits: Callable[..., np.ndarray]) -> None:
    bass = np.sin(2 * np.pi * 55 * np.arange(RATE) / RATE + 1)
    sound = (hits(np.array([0.5]), 1.0) + bass).astype(np.float32)
    assert 0 <= attack(sound, RATE, 0.52).time - 0.5 < 0.001


def test_a_swell_is_timed_within_its_rise() -> None:
    t = np.arange(RATE) / RATE
    sound = np.clip((t - 0.5) / 0.02, 0, 1) * np.sin(2 * np.pi * 440 * t)
    assert 0 <= attack(sound.astype(np.float32), RATE, 0.51).time - 0.5 < 0.01


def test_a_cut_falls() -> None:
    t = np.arange(RATE) / RATE
    sound = (t < 0.5) * np.sin(2 * np.pi * 440 * t + 1)
    assert attack(sound.astype(np.float32), RATE, 0.5).growth < -2


def test_silence_has_no_attack() -> None:
    found = attack(np.zeros(RATE, np.float32), RATE, 0.5)
    assert (found.rise, found.growth, found.level) == (0.0, 0.0, 0.0)
