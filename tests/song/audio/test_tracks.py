"""Files with several audio tracks: the default one, or the requested one."""

import subprocess
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from phosphene.cli import cli
from phosphene.errors import SongError
from phosphene.film.ffmpeg import executable
from phosphene.song.audio.reading import decode
from phosphene.song.audio.tracks import choose_track
from phosphene.song.listening import listen

TONES = (300, 900, 2700)  # Hz
LANGUAGES = ("deu", "eng", "fra")


@pytest.fixture(scope="module", params=["mkv", "mp4", "mka"])
def several(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three tracks, of which the second is the default one."""
    path = tmp_path_factory.mktemp("tracks") / f"several.{request.param}"
    tones = [("-f", "lavfi", "-i", f"sine=frequency={tone}:duration=2") for tone in TONES]
    about = []
    for index, language in enumerate(LANGUAGES):
        default = "default" if index == 1 else "0"
        about += ["-map", str(index), f"-disposition:a:{index}", default]
        about += [f"-metadata:s:a:{index}", f"language={language}"]
    command = [executable(), "-v", "error", *sum(tones, ()), *about, "-c:a", "aac", str(path)]
    subprocess.run(command, check=True)
    return path


def tone(samples: np.ndarray, rate: int) -> float:
    return float(np.abs(np.fft.rfft(samples[:rate])).argmax())


@pytest.mark.parametrize(("wanted", "index"), [(None, 1), (1, 0), (2, 1), (3, 2)])
def test_the_default_track_or_the_requested_one(
    several: Path, wanted: int | None, index: int
) -> None:
    track = choose_track(several, wanted)
    assert (track.index, track.count) == (index, 3)
    assert str(track) == f"{index + 1} of 3 ({LANGUAGES[index]})"
    assert tone(decode(several, track=index).samples, 22050) == pytest.approx(TONES[index], abs=2)
    song = listen(several, track=track)
    assert song.track == index
    assert tone(song.samples, 22050) == pytest.approx(TONES[index], abs=2)


@pytest.mark.parametrize("language", ["en-US", "eng,fra", "English (US)"])
def test_a_track_whose_language_is_not_a_word_counts(language: str, tmp_path: Path) -> None:
    path = tmp_path / "two.mkv"
    sound = ("-f", "lavfi", "-i", "sine=duration=1")
    about = ["-metadata:s:a:0", f"language={language}", "-metadata:s:a:1", "language=deu"]
    about += ["-disposition:a:0", "0", "-disposition:a:1", "default"]
    command = [executable(), "-v", "error", *sound, *sound, "-map", "0", "-map", "1", *about]
    subprocess.run([*command, str(path)], check=True)
    assert str(choose_track(path)) == "2 of 2 (deu)"
    assert str(choose_track(path, 1)) == f"1 of 2 ({language})"


def test_a_missing_track(several: Path, write_song: Path) -> None:
    with pytest.raises(SongError, match="which has 3 audio tracks"):
        choose_track(several, 4)
    with pytest.raises(SongError, match="which has one audio track"):
        choose_track(write_song, 2)
    assert choose_track(write_song, 1).index == 0
    assert choose_track(write_song).count == 0


@pytest.fixture(scope="module")
def write_song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import soundfile

    path = tmp_path_factory.mktemp("one") / "song.wav"
    soundfile.write(path, np.zeros(22050), 22050)
    return path


@pytest.mark.parametrize("several", ["mkv"], indirect=True)
def test_the_film_has_the_track_that_was_listened_to(
    several: Path, tmp_path: Path, decode_audio: object
) -> None:
    for settings, index in (([], 1), (["--set", "song.track=3"], 2)):
        for part in ([], ["--end", "1s"]):
            small = ["--model", "none", "--size", "64x64", "--fps", "4", *part, *settings]
            film = tmp_path / "film.mov"
            result = CliRunner().invoke(
                cli, ["render", str(several), *small, "-o", str(film)], env={"COLUMNS": "200"}
            )
            assert result.exit_code == 0, result.output
            assert f"audio track {index + 1} of 3" in result.stderr
            sound, rate = decode_audio(film)  # type: ignore[operator]
            assert tone(sound[:, 0], rate) == pytest.approx(TONES[index], abs=2)


def test_each_track_has_its_own_cache_entry(several: Path, tmp_path: Path) -> None:
    from phosphene.song.store.cache import Cache

    cache = Cache(tmp_path)
    for wanted in (1, 3, 1, 3):
        song = listen(several, cache=cache, track=choose_track(several, wanted))
        assert tone(song.samples, 22050) == pytest.approx(TONES[wanted - 1], abs=2)
    assert song.shelf.from_cache
