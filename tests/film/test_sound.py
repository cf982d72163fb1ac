from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor
from pathlib import Path

import numpy as np
import pytest
import soundfile

from phosphene.errors import FilmError
from phosphene.film.formats import AAC, FORMATS
from phosphene.film.sound import Soundtrack

CINEMA, NTSC = Fraction(24000, 1001), Fraction(30000, 1001)
SOURCES = {
    "wav": ("clicks.wav",),
    "flac": ("clicks.flac",),
    "mp3": ("clicks.mp3", "-b:a", "192k"),
    "mp3 without gapless tag": ("bare.mp3", "-write_xing", "0", "-id3v2_version", "0"),
    "mp3 of variable rate": ("variable.mp3", "-q:a", "3"),
    "aac": ("clicks.m4a", "-c:a", "aac", "-b:a", "192k"),
    "alac": ("lossless.m4a", "-c:a", "alac"),
    "adts": ("clicks.aac", "-c:a", "aac", "-b:a", "192k"),
    "vorbis": ("clicks.ogg", "-c:a", "libvorbis", "-q:a", "6"),
    "opus": ("clicks.opus", "-c:a", "libopus", "-b:a", "160k"),
}


AUDIBLE = [suffix for suffix, row in FORMATS.items() if row.sound is not None]


def peaks(sound: np.ndarray, rate: int) -> np.ndarray:
    """Times of the clicks: the loudest moment of each stretch above a third of the maximum."""
    level = np.abs(sound[:, 0])
    loud = np.flatnonzero(level > level.max() / 3)
    stretches = np.split(loud, np.flatnonzero(np.diff(loud) > 0.02 * rate) + 1)
    return np.array([stretch[level[stretch].argmax()] for stretch in stretches]) / rate


@pytest.mark.parametrize("span", [(0, None), (3, 4)], ids=["whole", "3s to 7s"])
@pytest.mark.parametrize("fps", [Fraction(15), CINEMA, NTSC, Fraction(30)], ids=str)
def test_flash_and_click_meet(
    tmp_path: Path,
    clicks: Path,
    click_times: tuple[float, ...],
    shoot: Callable[..., Path],
    decode_frames: Callable,
    decode_audio: Callable,
    fps: Fraction,
    span: tuple[int, int | None],
) -> None:
    start, length = span
    duration = length or 8
    times = np.array([t - start for t in click_times if start <= t < start + duration])
    flashes = [floor(t * fps) for t in times]
    pictures = np.zeros((ceil(duration * fps), 48, 64, 3), np.uint8)
    pictures[flashes] = 255
    film = shoot(tmp_path / "film.mp4", pictures, fps, Soundtrack(clicks, start, length))

    seen = decode_frames(film)
    sound, rate = decode_audio(film)
    assert len(seen) == len(pictures)
    assert np.flatnonzero(seen.mean(axis=(1, 2, 3)) > 128).tolist() == flashes
    np.testing.assert_allclose(peaks(sound, rate), times, atol=0.002)
    assert abs(len(sound) / rate - len(seen) / fps) < 1 / fps


@pytest.fixture(scope="module", params=SOURCES)
def song(
    request: pytest.FixtureRequest,
    clicks: Path,
    convert: Callable[..., Path],
    decode_audio: Callable,
) -> tuple[Path, np.ndarray, float]:
    """The clicks in one codec: the file, its clicks and its length by the analysis' clock."""
    name, *arguments = SOURCES[request.param]
    path = convert(clicks, clicks.with_name(f"song-{name}"), *arguments)
    try:
        decoded, rate = soundfile.read(path, always_2d=True)
    except soundfile.LibsndfileError:
        decoded, rate = decode_audio(path)
    return path, peaks(decoded, rate), len(decoded) / rate


@pytest.mark.parametrize("suffix", AUDIBLE)
def test_sound_of_any_source_stays_in_time(
    tmp_path: Path,
    song: tuple[Path, np.ndarray, float],
    frames: Callable,
    shoot: Callable[..., Path],
    decode_audio: Callable,
    decode_times: Callable,
    suffix: str,
) -> None:
    path, decoded, length = song
    film = shoot(
        tmp_path / f"film{suffix}", frames(ceil(length * 15)), Fraction(15), Soundtrack(path)
    )
    sound, rate = decode_audio(film)
    assert decode_times(film)[0] == 0
    np.testing.assert_allclose(peaks(sound, rate), decoded, atol=0.001)
    assert length - 0.001 <= len(sound) / rate <= length + 1 / 15
    loud = np.sqrt((sound**2).mean(axis=0))
    assert loud[1] == pytest.approx(0.5 * loud[0], rel=0.05)  # stereo stays stereo


def test_complete_song_is_copied_and_an_excerpt_is_not(clicks: Path, convert: Callable) -> None:
    aac = convert(clicks, clicks.with_name("copy.m4a"), "-c:a", "aac")

    def arguments(sound: Soundtrack, suffix: str) -> list[str]:
        codec = FORMATS[suffix].sound
        assert codec is not None
        return sound.arguments(codec, FORMATS[suffix].copies)

    assert arguments(Soundtrack(aac), ".mp4") == ["-c:a", "copy"]
    assert arguments(Soundtrack(clicks), ".mov") == ["-c:a", "copy"]
    assert "aac" in arguments(Soundtrack(aac, 0, 7.9), ".mp4")
    assert "aac" in arguments(Soundtrack(aac, 1), ".mp4")
    assert "aac" in arguments(Soundtrack(clicks), ".mp4")


def test_sound_of_a_video_that_starts_late(
    tmp_path: Path,
    clicks: Path,
    frames: Callable,
    convert: Callable[..., Path],
    shoot: Callable[..., Path],
    decode_audio: Callable,
) -> None:
    silent = shoot(tmp_path / "silent.mp4", frames(30), Fraction(15))
    late = ("-itsoffset", "0.3", "-i", str(clicks), "-map", "0:v", "-map", "1:a", "-c:a", "aac")
    video = convert(silent, tmp_path / "video.mp4", *late)
    film = shoot(tmp_path / "film.mp4", frames(120), Fraction(15), Soundtrack(video, 3, 4))
    sound, rate = decode_audio(film)
    # The song's clock starts with its first decoded sample.
    decoded = decode_audio(video)[0][round(0.3 * rate) :][3 * rate : 7 * rate]
    np.testing.assert_allclose(peaks(sound, rate), peaks(decoded, rate), atol=0.025)


@pytest.mark.parametrize("suffix", AUDIBLE)
@pytest.mark.parametrize(("rate", "channels"), [(8000, 1), (192000, 2), (48000, 6), (44100, 5)])
def test_unusual_rates_and_channels(
    tmp_path: Path,
    frames: Callable,
    shoot: Callable[..., Path],
    decode_audio: Callable,
    suffix: str,
    rate: int,
    channels: int,
) -> None:
    song = tmp_path / "song.wav"
    noise = np.random.default_rng(1).standard_normal((rate, channels)) * 0.001
    noise[rate // 2] = 0.9
    soundfile.write(song, noise, rate)
    film = shoot(tmp_path / f"film{suffix}", frames(8), Fraction(15), Soundtrack(song, 0, 0.5333))
    sound, played = decode_audio(film)
    assert peaks(sound, played)[0] == pytest.approx(0.5, abs=0.002)
    assert len(sound) / played == pytest.approx(0.5333, abs=1 / 15)


@pytest.mark.parametrize("suffix", AUDIBLE)
@pytest.mark.parametrize("channels", [1, 2, 4, 5])
@pytest.mark.parametrize("broken", [np.nan, np.inf, -1e20])
def test_damaged_samples_are_silent(
    tmp_path: Path,
    frames: Callable,
    shoot: Callable[..., Path],
    decode_audio: Callable,
    suffix: str,
    channels: int,
    broken: float,
) -> None:
    rate, song = 48000, tmp_path / "song.wav"
    sound = np.random.default_rng(1).standard_normal((rate // 2, channels)) * 0.001
    sound[12000] = 0.9
    sound[18000:18010, 0] = broken
    soundfile.write(song, sound, rate, "FLOAT")
    film = shoot(tmp_path / f"film{suffix}", frames(6), Fraction(15), Soundtrack(song, 0, 0.4))
    played, played_rate = decode_audio(film)
    assert peaks(played, played_rate) == pytest.approx([0.25], abs=0.001)
    assert np.isfinite(played).all()


def test_sound_far_beyond_full_scale_is_clipped(
    tmp_path: Path, frames: Callable, shoot: Callable[..., Path], decode_audio: Callable
) -> None:
    song, tone = tmp_path / "song.wav", np.sin(np.arange(24000) * 0.05)
    soundfile.write(song, 32768 * tone, 48000, "FLOAT")
    played, _ = decode_audio(
        shoot(tmp_path / "film.mp4", frames(6), Fraction(15), Soundtrack(song, 0, 0.4))
    )
    assert 15 < np.abs(played).max() < 22


def test_song_shorter_than_the_film(
    tmp_path: Path, clicks: Path, frames: Callable, shoot: Callable, decode_frames: Callable
) -> None:
    for start in (7.9, 9):
        film = shoot(tmp_path / "film.mp4", frames(30), Fraction(15), Soundtrack(clicks, start, 2))
        assert len(decode_frames(film)) == 30


def test_a_film_without_sound_is_not_a_song(
    tmp_path: Path, frames: Callable, shoot: Callable[..., Path]
) -> None:
    silent = shoot(tmp_path / "silent.mp4", frames(3), Fraction(15))
    with pytest.raises(FilmError, match="has no sound"):
        Soundtrack(silent).arguments(AAC, frozenset())
