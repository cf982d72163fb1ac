"""The click track: every click starts at the sample of its beat, without clipping."""

import os
import resource
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from phosphene.errors import SongError
from phosphene.song import Song
from phosphene.song.audio.clicks import write_clicks

Write = Callable[..., Path]


def song_of(path: Path, beats: np.ndarray, metre: int = 4) -> Song:
    return Song(
        path=path, samples=np.zeros(10), sample_rate=22050, duration=4.0, tempo=120, beats=beats,
        downbeats=beats[::metre], onsets=beats, onset_strengths=beats, metre=metre, sections=(),
        confidence=1.0, features={},
    )  # fmt: skip


@pytest.fixture
def clicked(write: Write, tmp_path: Path):
    """The output with clicks minus the output without, sample by sample."""

    def make(sound: np.ndarray, rate: int, beats: np.ndarray, name: str = "out.wav"):
        path = write(sound, rate)
        write_clicks(song_of(path, beats), tmp_path / name)
        with_clicks, written_rate = soundfile.read(os.fsencode(tmp_path / name), always_2d=True)
        write_clicks(song_of(path, np.zeros(0)), tmp_path / "without.wav")
        without, _ = soundfile.read(tmp_path / "without.wav", always_2d=True)
        assert written_rate == rate
        return with_clicks, with_clicks - without

    return make


BEATS = np.array([0.0, 0.5003, 1.0, 1.4999, 2.0, 3.99])


@pytest.mark.parametrize("rate", [8000, 44100, 48000, 96000])
@pytest.mark.parametrize("name", ["out.wav", "out.flac"])
def test_every_click_begins_in_the_sample_of_its_beat(clicked, rate: int, name: str) -> None:
    noise = 0.9 * np.random.default_rng(0).uniform(-1, 1, (4 * rate, 2))
    written, clicks = clicked(noise, rate, BEATS, name)
    assert written.shape == (4 * rate, 2)
    loud = np.flatnonzero(np.abs(clicks[:, 0]) > 0.3)
    begins = loud[np.diff(loud, prepend=-rate) > rate // 10]
    assert begins.tolist() == np.rint(BEATS * rate).astype(int).tolist()
    np.testing.assert_allclose(clicks[:, 0], clicks[:, 1], atol=1e-4)


def test_downbeats_are_higher(clicked) -> None:
    _, clicks = clicked(np.zeros(4 * 48000), 48000, BEATS)
    peaks = []
    for beat in BEATS[:5]:
        piece = clicks[round(beat * 48000) :][:1920, 0]
        peaks.append(np.argmax(np.abs(np.fft.rfft(piece, 48000))))
    np.testing.assert_allclose(peaks, [1500, 1000, 1000, 1000, 1500], atol=30)


@pytest.mark.parametrize("level", [0.01, 1.0, 3.0])
def test_the_output_never_clips(clicked, level: float) -> None:
    square = level * np.sign(np.sin(np.arange(4 * 8000) * 0.3))
    written, _ = clicked(square, 8000, np.arange(0.0, 4.0, 0.013))  # clicks closer than they last
    assert np.abs(written).max() < 0.96


def test_a_quiet_song_keeps_its_level(clicked) -> None:
    written, _ = clicked(np.full(4000, 0.25), 1000, np.zeros(0))
    np.testing.assert_allclose(written, 0.25, atol=1e-4)


def test_broken_samples_are_silent(clicked) -> None:
    sound = np.zeros(4000)
    sound[[5, 6, 7]] = [np.nan, np.inf, -np.inf]
    written, _ = clicked(sound, 1000, np.zeros(0))
    assert not written.any()


def test_all_channels_are_kept(clicked) -> None:
    sound = np.zeros((8000, 8))
    sound[:, 3] = 0.2
    written, _ = clicked(sound, 8000, np.array([0.9]))
    np.testing.assert_allclose(written[:7000].max(axis=0), [0, 0, 0, 0.2, 0, 0, 0, 0], atol=1e-4)


def test_other_formats_and_places_are_refused(write: Write, tmp_path: Path) -> None:
    song = song_of(write(np.zeros(800), 8000), np.zeros(0))
    with pytest.raises(SongError, match=r"the ending '\.mp3'") as error:
        write_clicks(song, tmp_path / "out.mp3")
    assert ".wav, .flac" in error.value.fix
    with pytest.raises(SongError, match="is the song itself"):
        write_clicks(song, song.path)
    (tmp_path / "file").touch()
    with pytest.raises(SongError, match="cannot be written"):
        write_clicks(song, tmp_path / "file" / "out.wav")
    with pytest.raises(SongError, match="made in memory"):
        write_clicks(replace(song, path=None), tmp_path / "out.wav")


@pytest.mark.parametrize("name", ["caf\udce9.wav", "caf\udce9.flac"])
def test_a_name_that_is_not_utf_8(clicked, name: str) -> None:
    written, _ = clicked(np.full(4000, 0.25), 8000, np.zeros(0), name)
    assert written.shape == (4000, 1)


def test_a_full_disk_is_reported_as_such(write: Write) -> None:
    """Simulated by a limit on the file size."""
    song = song_of(write(np.zeros(8000 * 60), 8000), np.zeros(0))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, before[1]))
    try:
        with pytest.raises(SongError, match=r"out\.wav cannot be written"):
            write_clicks(song, song.path.with_name("out.wav"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(song.path.parent.iterdir()) == [song.path]


def test_links_are_not_followed(write: Write, tmp_path: Path) -> None:
    song = song_of(write(np.zeros(800), 8000), np.zeros(0))
    (tmp_path / "mine").write_text("mine")
    song.path.with_name(".out.wav.part").symlink_to(tmp_path / "mine")
    write_clicks(song, song.path.with_name("out.wav"))
    assert (tmp_path / "mine").read_text() == "mine"
