"""The bar pointer, on activations that are drawn by hand."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from phosphene.song.beats import bar_pointer
from phosphene.song.beats.bar_pointer import follow

RATE = 50


def drawn(beats: np.ndarray, downbeats: np.ndarray, seconds: float) -> np.ndarray:
    """Triangles of two frames to either side, 0.9 high, shape (n_frames, 2)."""
    frames = np.arange(round(seconds * RATE))
    columns = [
        0.9 * np.clip(1 - np.abs(frames[:, None] - times * RATE) / 2, 0, 1).max(axis=1, initial=0)
        for times in (beats, downbeats)
    ]
    return np.stack(columns, axis=1)


def clock(bpm: float, seconds: float, first: float = 0.3) -> np.ndarray:
    return np.arange(first, seconds - 0.1, 60 / bpm)


@settings(max_examples=20)
@given(
    bpm=st.floats(54, 220),
    metre=st.integers(2, 7),
    first=st.floats(0.0, 3.0),
    pickup=st.integers(0, 6),
)
@example(bpm=54.0, metre=7, first=0.65234375, pickup=1)  # a lone beat before bars that are rare
def test_a_clock_is_followed(bpm: float, metre: int, first: float, pickup: int) -> None:
    beats = clock(bpm, 40, first)
    bars = beats[pickup % metre :: metre]
    found = follow(drawn(beats, bars, 40), RATE)
    assert len(found.frames) == len(beats)
    assert np.abs(found.frames / RATE - beats).max() <= 1 / RATE + 1e-9
    assert np.array_equal(np.flatnonzero(found.downbeat) % metre, [pickup % metre] * len(bars))
    assert set(found.metres) == {metre}


def test_a_tempo_that_doubles_in_a_minute() -> None:
    beats = np.cumsum(60 / np.linspace(80, 160, 120))
    found = follow(drawn(beats, beats[::4], beats[-1] + 0.3), RATE)
    assert len(found.frames) == len(beats)
    assert np.abs(found.frames / RATE - beats).max() <= 1 / RATE + 1e-9


def test_a_tempo_that_jumps() -> None:
    first, then = clock(90, 20), clock(140, 40, 20.4)
    beats, bars = np.concatenate([first, then]), np.concatenate([first[::4], then[::4]])
    found = follow(drawn(beats, bars, 40), RATE)
    assert np.abs(found.frames / RATE - beats).max() <= 1 / RATE + 1e-9
    assert np.isin(np.rint(bars * RATE), found.frames[found.downbeat]).mean() > 0.9


def test_a_metre_that_changes() -> None:
    beats = clock(120, 40)
    bars = np.concatenate([beats[:40:4], beats[40::3]])
    found = follow(drawn(beats, bars, 40), RATE)
    assert np.array_equal(np.flatnonzero(found.downbeat), np.searchsorted(beats, bars))


def test_no_beats_in_a_long_rest() -> None:
    before, after = clock(120, 20), clock(120, 50, 33.1)
    beats, bars = np.concatenate([before, after]), np.concatenate([before[::4], after[::4]])
    found = follow(drawn(beats, bars, 50), RATE)
    assert np.array_equal(np.rint(beats * RATE), found.frames)


def test_two_missing_beats_are_counted_through() -> None:
    beats = clock(120, 30)
    seen = drawn(np.delete(beats, [20, 21]), beats[::4], 30)
    assert len(follow(seen, RATE).frames) == len(beats)


@pytest.mark.parametrize("level", [0.0, 0.05])
def test_low_activations_have_no_beats(level: float) -> None:
    assert not len(follow(np.full((3000, 2), level), RATE).frames)


@pytest.mark.parametrize("n_frames", [0, 1, 5, 40])
def test_a_song_shorter_than_a_beat(n_frames: int) -> None:
    assert len(follow(np.full((n_frames, 2), 0.5), RATE).frames) <= 2


def test_windows_leave_no_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    """One window or many give the same beats, on noisy activations."""
    rng = np.random.default_rng(6)
    beats = np.cumsum(60 / (120 + 25 * np.sin(np.arange(360) / 40)))
    seen = drawn(beats, beats[::4], beats[-1] + 1)
    seen = np.clip(seen * rng.uniform(0.2, 1, seen.shape) + rng.beta(1, 8, seen.shape), 0, 1)
    windows = follow(seen, RATE)
    monkeypatch.setattr(bar_pointer, "_WINDOW", 1000.0)
    single = follow(seen, RATE)
    assert np.array_equal(windows.frames, single.frames)
    assert np.array_equal(windows.downbeat, single.downbeat)


def test_bars_without_evidence_have_four_beats() -> None:
    seen = np.zeros((1200, 2), np.float32)
    seen[10::25] = 0.8, 0.06
    assert set(follow(seen, 50).metres) == {4}


def test_bars_with_little_evidence_have_four_beats() -> None:
    """Equal clicks; only every seventh is in the middle of a frame."""
    beats = clock(140, 40)
    seen = drawn(beats, beats[::7], 40)
    seen[:, 1] = 0.1 * seen[:, 0] + 0.15 * seen[:, 1]
    assert set(follow(seen, RATE).metres) == {4}


def test_six_ambiguous_bars_do_not_change_the_tempo() -> None:
    """Six quavers may be three beats against two; a new tempo only begins after a pause."""
    beats, others = clock(80, 60), clock(120, 60)
    seen = drawn(beats, beats[::2], 60)
    doubtful = slice(round(beats[30] * RATE) + 5, round(beats[42] * RATE) - 5)
    faster = 0.7 * drawn(others, others[:0], 60)[doubtful, 0]
    seen[doubtful, 0] = np.maximum(0.2 * seen[doubtful, 0], faster)
    found = follow(seen, RATE)
    assert len(found.frames) == len(beats)
    assert np.abs(found.frames / RATE - beats).max() <= 1 / RATE + 1e-9
