"""Excerpts of practice songs: marks go where the sound goes."""

import numpy as np
import pytest

from training.hearing import shelf as shelf_module
from training.hearing.shelf import FRAMES, Shelf
from training.hearing.songs import targets


@pytest.fixture
def shelf(tmp_path, monkeypatch) -> Shelf:
    """Of one song of 40 s whose bands are as loud as its marks, a beat every half second."""
    marks = np.repeat(targets(2000, np.arange(0.5, 39.5, 0.5))[:, None], 2, axis=1)
    bands = np.repeat(marks[:, :1], 81, axis=1) * 3
    np.savez(tmp_path / "songs-000.npz", bands=bands, marks=marks, ends=np.array([0, 2000]))
    monkeypatch.setattr(shelf_module, "CACHE", tmp_path)
    return Shelf(slice(None))


@pytest.mark.parametrize("seed", range(12))
def test_bands_and_marks_are_stretched_alike(shelf, seed):
    bands, marks = shelf.excerpt(np.random.default_rng(seed), 0)
    assert bands.shape == (FRAMES, 81)
    assert marks.shape == (FRAMES, 2)
    assert bands.dtype == marks.dtype == np.float32
    peaks = np.flatnonzero((marks[1:-1, 0] > marks[:-2, 0]) & (marks[1:-1, 0] >= marks[2:, 0])) + 1
    if len(peaks):
        assert 21.9 < np.median(np.diff(peaks)) < 28.6
        loud = bands.mean(axis=1)
        assert np.all(loud[peaks] > loud[np.minimum(peaks + 8, FRAMES - 1)])


def test_beyond_the_song_is_silence(shelf):
    seen = shelf_module._between(shelf.bands[0], np.arange(-50.0, 2050.0))
    assert not seen[:50].any()
    assert not seen[2050:].any()
    np.testing.assert_array_equal(seen[50:2050], shelf.bands[0])


def test_half_way_between_two_frames_is_their_mean():
    values = np.array([[0.0], [1.0], [4.0]])
    np.testing.assert_allclose(
        shelf_module._between(values, np.array([0.5, 1.25]))[:, 0], [0.5, 1.75]
    )
