"""Excerpts of practice songs: augmentation moves marks with the sound."""

import numpy as np
import pytest

from training.hearing import excerpts as module
from training.hearing.excerpts import FRAMES, Excerpts
from training.hearing.songs import targets


@pytest.fixture
def excerpts(tmp_path, monkeypatch) -> Excerpts:
    """Excerpts of one song of 40 s with a beat every half second; its bands follow its marks."""
    marks = np.repeat(targets(2000, np.arange(0.5, 39.5, 0.5))[:, None], 2, axis=1)
    bands = np.repeat(marks[:, :1], 81, axis=1) * 3
    np.savez(tmp_path / "songs-000.npz", bands=bands, marks=marks, ends=np.array([0, 2000]))
    monkeypatch.setattr(module, "CACHE", tmp_path)
    return Excerpts(slice(None))


@pytest.mark.parametrize("seed", range(12))
def test_bands_and_marks_are_stretched_alike(excerpts, seed):
    bands, marks = excerpts.excerpt(np.random.default_rng(seed), 0)
    assert bands.shape == (FRAMES, 81)
    assert marks.shape == (FRAMES, 2)
    assert bands.dtype == marks.dtype == np.float32
    peaks = np.flatnonzero((marks[1:-1, 0] > marks[:-2, 0]) & (marks[1:-1, 0] >= marks[2:, 0])) + 1
    if len(peaks):
        assert 21.9 < np.median(np.diff(peaks)) < 28.6
        loud = bands.mean(axis=1)
        assert np.all(loud[peaks] > loud[np.minimum(peaks + 8, FRAMES - 1)])


def test_outside_the_song_is_silence(excerpts):
    rows = module._interpolated(excerpts.bands[0], np.arange(-50.0, 2050.0))
    assert not rows[:50].any()
    assert not rows[2050:].any()
    np.testing.assert_array_equal(rows[50:2050], excerpts.bands[0])


def test_fractional_rows_are_interpolated():
    values = np.array([[0.0], [1.0], [4.0]])
    np.testing.assert_allclose(
        module._interpolated(values, np.array([0.5, 1.25]))[:, 0], [0.5, 1.75]
    )
