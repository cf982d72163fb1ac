import os
import signal
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from phosphene.errors import FilmError
from phosphene.film.ffmpeg import VARIABLE, executable
from phosphene.film.film import Film
from phosphene.film.formats import FORMATS
from phosphene.film.probe import probe
from phosphene.film.sound import Soundtrack

FPS = Fraction(15)
COLOURS = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (128, 128, 128), (200, 120, 40), (16, 16, 16)]


@pytest.mark.parametrize("suffix", FORMATS)
def test_frames_come_back_one_for_one(
    tmp_path: Path, frames: Callable, shoot: Callable, decode_frames: Callable, suffix: str
) -> None:
    given = frames(23)
    seen = decode_frames(shoot(tmp_path / f"film{suffix}", given, FPS))
    assert seen.shape == given.shape
    error = np.abs(seen.astype(float) - given).mean(axis=(1, 2, 3))
    other = np.abs(seen[1:].astype(float) - given[:-1]).mean(axis=(1, 2, 3))
    assert error.max() < 6 < other.min()
    assert [path.name for path in tmp_path.iterdir()] == [f"film{suffix}"]


@pytest.mark.parametrize("fps", [FPS, Fraction(24000, 1001)])
@pytest.mark.parametrize("suffix", FORMATS)
def test_frames_are_shown_on_time(
    tmp_path: Path,
    frames: Callable,
    clicks: Path,
    shoot: Callable,
    decode_times: Callable,
    suffix: str,
    fps: Fraction,
) -> None:
    film = shoot(tmp_path / f"film{suffix}", frames(20), fps, Soundtrack(clicks, 0, 20 / fps))
    # Matroska counts milliseconds, GIF hundredths.
    tolerance = {".mkv": 0.0005, ".webm": 0.0005, ".gif": 0.005}.get(suffix, 1e-5)
    np.testing.assert_allclose(decode_times(film), np.arange(20) / float(fps), atol=tolerance)


@pytest.mark.parametrize("suffix", FORMATS)
def test_still_frames_are_all_kept(
    tmp_path: Path, shoot: Callable, decode_frames: Callable, suffix: str
) -> None:
    still = [np.full((48, 64, 3), 90, np.uint8)] * 20
    film = shoot(tmp_path / f"film{suffix}", still, FPS)
    assert len(decode_frames(film)) == 20
    assert probe(film).duration == pytest.approx(20 / 15, abs=0.02)


@pytest.mark.parametrize("suffix", FORMATS)
def test_colours_survive(
    tmp_path: Path, shoot: Callable, decode_frames: Callable, suffix: str
) -> None:
    flat = [np.full((48, 64, 3), colour, np.uint8) for colour in COLOURS for _ in range(4)]
    seen = decode_frames(shoot(tmp_path / f"film{suffix}", flat, FPS))
    assert np.abs(seen.astype(int) - np.stack(flat)).max() <= 3


@pytest.mark.parametrize("suffix", FORMATS)
def test_same_frames_same_file(
    tmp_path: Path, frames: Callable, clicks: Path, shoot: Callable, suffix: str
) -> None:
    once, again = (
        shoot(tmp_path / f"{name}{suffix}", frames(20), FPS, Soundtrack(clicks, 1, 1)).read_bytes()
        for name in ("once", "again")
    )
    assert once == again


def test_crf_is_obeyed(tmp_path: Path, shoot: Callable) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (5, 48, 64, 3)).astype(np.uint8)
    sizes = []
    for crf in (18, 40):
        shoot(tmp_path / "film.mp4", noise, FPS, crf=crf)
        sizes.append((tmp_path / "film.mp4").stat().st_size)
    assert sizes[1] < sizes[0] / 2


def test_array_may_be_used_again_and_need_not_be_contiguous(
    tmp_path: Path, decode_frames: Callable
) -> None:
    buffer = np.zeros((48, 64, 3), np.uint8)
    with Film(tmp_path / "film.mp4", 64, 48, FPS) as film:
        for i in range(30):
            buffer[:] = 8 * i
            film.write(buffer[:, ::-1])
    assert decode_frames(film.path).mean(axis=(1, 2, 3)) == pytest.approx(8 * np.arange(30), abs=3)


@pytest.mark.parametrize("wrong", [np.zeros((64, 48, 3), np.uint8), np.zeros((48, 64, 3))])
def test_wrong_frame_is_refused(tmp_path: Path, shoot: Callable, wrong: np.ndarray) -> None:
    with pytest.raises(FilmError, match=r"Frame 0 is .*takes uint8 \(48, 64, 3\)"):
        shoot(tmp_path / "film.mp4", [wrong], FPS)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("promised", "given"), [(3, 2), (3, 4), (None, 0)])
def test_another_number_of_frames_is_an_error(
    tmp_path: Path, frames: Callable, shoot: Callable, promised: int | None, given: int
) -> None:
    with pytest.raises(FilmError, match=f"got {given} frames"):
        shoot(tmp_path / "film.mp4", frames(given), FPS, frames=promised)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_older_film_stays_if_the_new_one_fails(
    tmp_path: Path, frames: Callable, shoot: Callable, error: type[BaseException]
) -> None:
    path = tmp_path / "film.mp4"
    path.write_text("older")

    def given_up() -> Iterator[np.ndarray]:
        yield from frames(400)  # more than the queue and ffmpeg hold back
        assert (tmp_path / ".film.mp4.parts").is_dir()
        assert path.read_text() == "older"
        raise error

    with pytest.raises(error):
        shoot(path, given_up(), FPS)
    assert path.read_text() == "older"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("when", [0, 5, 40, 59])
def test_killed_ffmpeg_is_an_error_and_leaves_nothing(
    tmp_path: Path, frames: Callable, when: int
) -> None:
    def make() -> None:
        with Film(tmp_path / "film.mp4", 64, 48, FPS) as film:
            for i, frame in enumerate(frames(60)):
                film.write(frame)
                if i == when:
                    os.kill(film._segments._encoder._process.pid, signal.SIGKILL)

    with pytest.raises(FilmError, match="killed by signal 9"):
        make()
    assert not list(tmp_path.iterdir())


def test_ctrl_c_of_the_terminal_does_not_reach_ffmpeg(tmp_path: Path, frames: Callable) -> None:
    with Film(tmp_path / "film.mp4", 64, 48, FPS) as film:
        film.write(frames(1)[0])
        assert os.getpgid(film._segments._encoder._process.pid) != os.getpgid(0)


def test_full_disk_is_an_error_with_a_fix(
    tmp_path: Path, shoot: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A limit on the file size simulates a full disk.
    small = tmp_path / "ffmpeg"
    small.write_text(f"#!/bin/sh\ntrap '' XFSZ\nulimit -f 8\nexec {executable()} \"$@\"\n")
    small.chmod(0o755)
    monkeypatch.setenv(VARIABLE, str(small))
    noise = np.random.default_rng(0).integers(0, 255, (300, 48, 64, 3)).astype(np.uint8)
    (tmp_path / "out").mkdir()
    with pytest.raises(FilmError, match="File too large") as caught:
        shoot(tmp_path / "out" / "film.mp4", noise, FPS, crf=1)
    assert "ulimit" in caught.value.fix
    assert not list((tmp_path / "out").iterdir())
