import numpy as np
import pytest

from phosphene.song.beats.bars import between_seen, evened, leading_in, on_attacks, on_peaks

RATE = 50


def triangle(at: float, n: int = 20) -> np.ndarray:
    """1 at frame `at`, falling to 0 two frames away."""
    return np.clip(1 - np.abs(np.arange(n) - at) / 2, 0, 1)


@pytest.mark.parametrize("at", [10.0, 10.2, 9.7, 11.5])
def test_a_peak_is_found_between_frames(at: float) -> None:
    (time,) = on_peaks(np.array([10]), triangle(at), RATE)
    assert time * RATE == pytest.approx(at, abs=0.1)


def test_without_a_peak_the_frame_stays() -> None:
    assert on_peaks(np.array([4]), np.zeros(20), RATE).tolist() == [4 / RATE]
    assert on_peaks(np.array([4]), np.arange(20.0), RATE).tolist() == [4 / RATE]


def test_the_ends_of_a_song() -> None:
    times = on_peaks(np.array([0, 19]), triangle(0.0) + triangle(19.0), RATE)
    np.testing.assert_allclose(times, [0, 19 / RATE], atol=0.2 / RATE)


def test_no_frames() -> None:
    assert on_peaks(np.zeros(0, int), np.zeros(0), RATE).tolist() == []


def test_a_beat_goes_to_the_attack_that_is_near_and_strong() -> None:
    onsets, strengths = np.array([0.98, 1.01, 2.04, 3.01]), np.array([0.9, 0.6, 1.0, 0.1])
    beats = np.array([1.0, 2.0, 3.0])
    assert on_attacks(beats, onsets, strengths).tolist() == [0.98, 2.0, 3.0]
    strengths[0] = 0.6
    assert on_attacks(beats, onsets, strengths).tolist() == [1.01, 2.0, 3.0]


def test_without_attacks_beats_stay() -> None:
    assert on_attacks(np.array([1.0]), np.zeros(0), np.zeros(0)).tolist() == [1.0]


def test_unsupported_beats_are_spaced_evenly() -> None:
    beats = np.array([1.0, 1.51, 1.99, 2.5, 4.0, 4.5])
    seen = np.array([True, False, False, True, False, True])
    # 4.0 comes after a rest, and stays: half-way between its neighbours is not near it.
    assert evened(beats, seen).tolist() == [1.0, 1.5, 2.0, 2.5, 4.0, 4.5]


def test_if_all_are_unsupported_all_stay() -> None:
    assert evened(np.array([1.0, 1.6, 2.0]), np.zeros(3, bool)).tolist() == [1.0, 1.6, 2.0]


def test_the_attacks_that_lead_in_are_beats_too() -> None:
    onsets, strengths = np.array([0.0, 0.2, 0.51, 1.0, 1.5]), np.ones(5)
    assert leading_in(np.array([1.0, 1.5]), onsets, strengths).tolist() == [0.0, 0.51]


@pytest.mark.parametrize("onsets", [[0.0, 0.4, 1.0], [], [1.0, 1.5]])
def test_other_attacks_do_not_lead_in(onsets: list[float]) -> None:
    given = np.array(onsets, dtype=float)
    assert leading_in(np.array([1.0, 1.5]), given, np.ones(len(given))).tolist() == []


def test_weak_attacks_do_not_lead_in() -> None:
    assert leading_in(np.array([1.0, 1.5]), np.array([0.5]), np.array([0.2])).tolist() == []


def test_beats_before_the_first_and_after_the_last_activation_are_dropped() -> None:
    """One without activation in between is kept; activation one frame away counts."""
    activation = np.zeros(60)
    activation[[11, 30]] = 0.5
    activation[50] = 0.09
    kept = between_seen(np.array([0, 10, 20, 30, 40, 50, 59]), activation)
    assert kept.tolist() == [False, True, True, True, False, False, False]


def test_without_activation_all_beats_are_dropped() -> None:
    assert not between_seen(np.array([3, 9]), np.zeros(12)).any()
    assert between_seen(np.array([], dtype=np.intp), np.zeros(12)).shape == (0,)
