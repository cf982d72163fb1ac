from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import soundfile
from threadpoolctl import threadpool_limits

from phosphene.song import Song, listen

NOCTURNE = Path(__file__).parents[2] / "samples" / "nocturne.flac"


@pytest.fixture(scope="module")
def song() -> Song:
    return listen(NOCTURNE)


def test_beats_are_where_they_were_played(song: Song, make_song: ModuleType) -> None:
    away = [np.abs(song.beats - time).min() for time in make_song.beat_times()]
    assert np.mean(np.array(away) < 0.020) >= 0.95


def test_tempo(song: Song, make_song: ModuleType) -> None:
    assert song.tempo == pytest.approx(make_song.BPM, rel=0.01)


def test_bars_begin_where_they_were_played(song: Song, make_song: ModuleType) -> None:
    bars = make_song.beat_times()[::4]
    assert np.abs(song.downbeats[: len(bars)] - bars).max() < 0.020


def test_onsets_are_within_five_milliseconds(song: Song, make_song: ModuleType) -> None:
    grid = np.arange(make_song.BARS * 16) * make_song.BEAT / 4
    away = [np.abs(grid - onset).min() for onset in song.onsets if onset < grid[-1]]
    assert np.mean(away) < 0.005


def test_the_file_is_what_the_script_makes(make_song: ModuleType) -> None:
    written, rate = soundfile.read(NOCTURNE, dtype="int16")
    made = np.rint(make_song.nocturne() * 32767)
    assert rate == make_song.RATE
    assert written.shape == made.shape
    # One step of 16 bits: another processor's sine may round the other way.
    assert np.abs(written - made).max() <= 1


def test_it_is_as_loud_as_it_may_be(make_song: ModuleType) -> None:
    written, _ = soundfile.read(NOCTURNE)
    assert np.abs(written).max() == pytest.approx(make_song.PEAK, abs=1e-4)
    assert NOCTURNE.stat().st_size < 2.4e6


def test_the_analysis_does_not_depend_on_the_number_of_threads() -> None:
    """Sums of BLAS do, in their last bits."""
    songs = []
    for threads in (1, 2):
        with threadpool_limits(limits=threads, user_api="blas"):
            songs.append(listen(NOCTURNE))
    one, two = songs
    assert one.beats.tobytes() == two.beats.tobytes()
    for name in (*one.features, *one.extra):
        assert one.feature(name).values.tobytes() == two.feature(name).values.tobytes(), name
