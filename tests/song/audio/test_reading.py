import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile

from phosphene.errors import SongError
from phosphene.song.audio.reading import ANALYSIS_RATE, decode
from phosphene.song.audio.streams import BLOCK, open_soundfile

CENTRES = (0.5, 1.5, 2.5)


def chirps(rate: int) -> np.ndarray:
    """Three seconds with a 1 kHz pulse, 4 ms long, about each of `CENTRES`."""
    t = np.arange(3 * rate) / rate
    pulses = [np.exp(-(((t - c) / 0.002) ** 2)) * np.cos(2000 * np.pi * (t - c)) for c in CENTRES]
    return 0.5 * sum(pulses)


def displacement(samples: np.ndarray) -> float:
    """By how many seconds the pulse farthest from its place is off, by its energy's centre."""
    worst = 0.0
    for centre in CENTRES:
        first = round((centre - 0.05) * ANALYSIS_RATE)
        energy = samples[first : first + ANALYSIS_RATE // 10] ** 2
        place = first + (np.arange(len(energy)) @ energy) / energy.sum()
        worst = max(worst, abs(place / ANALYSIS_RATE - centre))
    return worst


def convert(source: Path, name: str, *options: str) -> Path:
    target = source.with_name(name)
    exe = imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run([exe, "-v", "error", "-y", "-i", source, *options, target], check=True)
    return target


@pytest.mark.parametrize("rate", [8000, 22050, 44100, 48000, 192000])
def test_samples_stay_in_place_at_every_rate(rate: int, write: Callable[..., Path]) -> None:
    decoded = decode(write(chirps(rate), rate))
    assert decoded.duration == 3.0
    assert decoded.samples.shape == (3 * ANALYSIS_RATE,)
    assert decoded.samples.dtype == np.float32
    assert displacement(decoded.samples) < 1e-5


@pytest.mark.parametrize("name", ["a.flac", "a.ogg", "a.mp3", "a.aiff"])
def test_formats_of_soundfile_stay_in_place(name: str, write: Callable[..., Path]) -> None:
    decoded = decode(write(chirps(44100), 44100, name))
    assert decoded.duration == pytest.approx(3.0, abs=1e-3)
    assert displacement(decoded.samples) < 1e-3


@pytest.mark.parametrize("name", ["a.m4a", "a.opus", "a.webm", "a.mp4", "a.mov", "a.mkv", "a.mp3"])
def test_formats_of_ffmpeg_stay_in_place(name: str, write: Callable[..., Path]) -> None:
    decoded = decode(convert(write(chirps(44100), 44100), name))
    assert decoded.duration == pytest.approx(3.0, abs=0.025)
    assert displacement(decoded.samples) < 1e-3


def test_a_chained_ogg_is_decoded_to_its_end(write: Callable[..., Path]) -> None:
    one, two = (write(chirps(22050), 22050, name) for name in ("one.ogg", "two.ogg"))
    one.write_bytes(one.read_bytes() + two.read_bytes())
    assert decode(one).duration == pytest.approx(6.0, abs=0.1)
    with open_soundfile(two) as stream:
        assert stream.frames == 3 * 22050


def test_the_sound_of_a_video_is_decoded(write: Callable[..., Path]) -> None:
    picture = ("-f", "lavfi", "-i", "testsrc=d=3:r=10:s=32x32")
    video = convert(write(chirps(44100), 44100), "v.mp4", *picture)
    assert displacement(decode(video).samples) < 1e-3


def test_channels_are_averaged(write: Callable[..., Path]) -> None:
    sound = np.zeros((1000, 8))
    sound[:, 3] = 0.8
    decoded = decode(write(sound, ANALYSIS_RATE))
    assert decoded.samples[500] == pytest.approx(0.1, abs=1e-6)


@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf, 1e20, -1e38, 65537])
def test_broken_samples_are_silent_and_counted(
    broken: float, write: Callable[..., Path], caplog: pytest.LogCaptureFixture
) -> None:
    sound = np.zeros((5000, 2))
    sound[[100, 4999], [0, 1]] = broken
    decoded = decode(write(sound))
    assert np.abs(decoded.samples).max() == 0
    assert decoded.damaged == 2
    assert "song.wav: 2 samples are not finite" in caplog.text


def test_integers_written_as_floats_are_valid(write: Callable[..., Path]) -> None:
    decoded = decode(write(32768 * chirps(22050)))
    assert decoded.damaged == 0
    assert displacement(decoded.samples) < 1e-5


@pytest.mark.parametrize("rate", [1, 100, 999, 1_000_001, 2**31 - 1])
@pytest.mark.parametrize("name", ["a.wav", "a.au"])
def test_sample_rates_outside_the_limits(rate: int, name: str, write: Callable[..., Path]) -> None:
    with pytest.raises(SongError, match=rf"sample rate is {rate} Hz; allowed are 1000 to 1000000"):
        decode(write(np.zeros(50_000), rate, name))


@pytest.mark.parametrize("rate", [1000, 1_000_000])
def test_sample_rates_at_the_limits(rate: int, write: Callable[..., Path]) -> None:
    assert decode(write(np.ones(rate), rate)).samples.shape == (ANALYSIS_RATE,)


def test_a_song_lasts_twelve_hours_at_most(
    write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("phosphene.song.audio.streams.MAX_SECONDS", 180)
    assert decode(write(np.zeros(180_000), 1000, "a.flac")).duration == 180
    with pytest.raises(SongError, match=r"lasts more than 0\.05 hours"):
        decode(write(np.zeros(180_001), 1000, "a.flac"))


def test_many_channels_take_no_more_memory(write: Callable[..., Path]) -> None:
    with open_soundfile(write(np.zeros((40_000, 128)), 8000)) as stream:
        assert next(len(block) for block in stream.blocks) * 128 == 8 * BLOCK


@pytest.mark.parametrize(
    "name", ["~how i'm feeling~.wav", "~root", "caf\udce9.flac", "a\n\x1b[2J.ogg"]
)
def test_any_file_name(name: str, write: Callable[..., Path]) -> None:
    path = write(chirps(8000), 8000)
    assert decode(path.rename(path.with_name(name))).duration == 3.0


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("pipe", "is a named pipe, not a song"),
        ("/dev/zero", "is a device, not a song"),
        ("a" * 256, "cannot be read: File name too long"),
        ("a\0b", "cannot be the name of a file"),
        ("pipe/a.wav", "no such song"),
        ("loop", "cannot be read: Too many levels of symbolic links"),
    ],
)
def test_files_that_are_not_regular(path: str, says: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(SongError, match=says):
        decode(tmp_path / path)


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.mp3"])
def test_a_truncated_file_gives_the_part_that_decodes(
    name: str, write: Callable[..., Path]
) -> None:
    noise = 0.1 * np.random.default_rng(0).standard_normal(44100 * 4)
    path = write(noise, 44100, name)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert decode(path).duration == pytest.approx(2.0, abs=0.2)


def test_one_sample_is_a_song(write: Callable[..., Path]) -> None:
    assert decode(write(np.ones(1), 44100)).duration == 1 / 44100


def test_a_missing_file_names_the_nearest(write: Callable[..., Path]) -> None:
    path = write(np.zeros(10), name="nocturne.wav")
    with pytest.raises(SongError, match=r"noctrune\.wav") as error:
        decode(path.with_name("noctrune.wav"))
    assert "nocturne.wav" in error.value.fix


def test_a_missing_folder_is_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(SongError, match="no such song"):
        decode(tmp_path / "nowhere" / "a.wav")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SongError, match="is a folder"):
        decode(tmp_path)


@pytest.mark.parametrize("name", ["a.wav", "a.mp3", "a.m4a"])
def test_text_is_refused_whatever_its_name(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("These are only words.\n" * 100)
    with pytest.raises(SongError, match="is not a supported audio file"):
        decode(tmp_path / name)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.wav").touch()
    with pytest.raises(SongError, match="is empty: 0 bytes"):
        decode(tmp_path / "a.wav")


def test_audio_without_samples_is_refused(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros(0), 44100)
    with pytest.raises(SongError, match="contains no sound"):
        decode(tmp_path / "a.wav")


def test_a_video_without_sound_is_refused(tmp_path: Path) -> None:
    exe, film = imageio_ffmpeg.get_ffmpeg_exe(), tmp_path / "film.mp4"
    video = ["-f", "lavfi", "-i", "testsrc=d=1:r=10:s=32x32"]
    subprocess.run([exe, "-v", "error", *video, film], check=True)
    with pytest.raises(SongError, match="contains no sound"):
        decode(film)


def test_missing_ffmpeg_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def none() -> str:
        raise RuntimeError("No ffmpeg exe could be found.")

    monkeypatch.setattr(imageio_ffmpeg, "get_ffmpeg_exe", none)
    (tmp_path / "a.m4a").write_bytes(b"\0\0\0\x20ftypM4A ")
    with pytest.raises(SongError, match="needs ffmpeg, which was not found"):
        decode(tmp_path / "a.m4a")
