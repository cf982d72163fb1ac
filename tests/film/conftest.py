"""Films read back, and a song whose clicks are known."""

import re
import subprocess
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from phosphene.film.ffmpeg import executable
from phosphene.film.film import Film
from phosphene.film.probe import probe

WIDTH, HEIGHT, RATE = 64, 48, 44100
# Seconds; two of them next to frame borders at 15 and 30 fps.
CLICKS = (0.2005, 0.5, 0.9995, 1.3337, 3.0, 3.2671, 4.1234, 5.5, 6.8642, 7.4)


def read(path: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    # The file's own clock: ffmpeg would move the earliest timestamp to 0.
    command = [executable(), "-nostdin", "-hide_banner", "-copyts", "-i", f"file:{path}"]
    return subprocess.run([*command, *arguments, "-"], capture_output=True, check=True)


@pytest.fixture(scope="session")
def convert() -> Callable[..., Path]:
    """Encode a file anew: ``convert(source, target, *ffmpeg_arguments)``."""

    def run(source: Path, target: Path, *arguments: str) -> Path:
        command = [executable(), "-nostdin", "-v", "error", "-y", "-i", f"file:{source}"]
        subprocess.run([*command, *arguments, f"file:{target}"], check=True)
        return target

    return run


@pytest.fixture(scope="session")
def decode_frames() -> Callable[[Path], np.ndarray]:
    """Every frame of a file, none made up or left out: uint8, shape (n, height, width, 3)."""

    def decode(path: Path) -> np.ndarray:
        video = probe(path).video
        assert video is not None
        form = ("-f", "rawvideo", "-pix_fmt", "rgb24")
        raw = read(path, "-map", "0:v", "-fps_mode", "passthrough", *form).stdout
        return np.frombuffer(raw, np.uint8).reshape(-1, video.height, video.width, 3)

    return decode


@pytest.fixture(scope="session")
def decode_times() -> Callable[[Path], np.ndarray]:
    """When each frame of a file is shown, in seconds: float64, shape (n,)."""

    def decode(path: Path) -> np.ndarray:
        said = read(path, "-map", "0:v", "-vf", "showinfo", "-f", "null").stderr.decode()
        return np.array([float(time) for time in re.findall(r"pts_time:(-?[\d.]+)", said)])

    return decode


@pytest.fixture(scope="session")
def decode_audio() -> Callable[[Path], tuple[np.ndarray, int]]:
    """The sound as played, silence before a late start too: float32, shape (n, channels)."""

    def decode(path: Path) -> tuple[np.ndarray, int]:
        audio = probe(path).audio
        assert audio is not None
        late = ("-af", "aresample=async=1:first_pts=0")
        raw = read(path, "-map", "0:a", *late, "-f", "f32le").stdout
        return np.frombuffer(raw, "<f4").reshape(-1, audio.channels), audio.rate

    return decode


@pytest.fixture(scope="session")
def frames() -> Callable[[int], np.ndarray]:
    """Frames that all differ: a flat colour that changes and a bar that moves."""

    def make(count: int) -> np.ndarray:
        picture = np.zeros((count, HEIGHT, WIDTH, 3), np.uint8)
        for i, frame in enumerate(picture):
            frame[:] = 40 + 37 * i % 160
            frame[:, 16 * (i % 4) : 16 * (i % 4) + 16] = (230, 60, 20)
        return picture

    return make


@pytest.fixture(scope="session")
def clicks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight seconds of quiet stereo noise, louder on the left, with a click at each of CLICKS."""
    noise = np.random.default_rng(0).standard_normal((8 * RATE, 2)) * 0.003
    for time in CLICKS:
        first = round(time * RATE)
        ring = np.exp(-np.arange(300) / 60) * np.cos(np.arange(300) * 0.4)
        noise[first : first + 300] += 0.8 * ring[:, None]
    noise[:, 1] *= 0.5
    path = tmp_path_factory.mktemp("song") / "clicks.wav"
    soundfile.write(path, noise, RATE)
    return path


@pytest.fixture(scope="session")
def click_times() -> tuple[float, ...]:
    return CLICKS


@pytest.fixture(scope="session")
def shoot() -> Callable[..., Path]:
    """Write frames to a film: ``shoot(path, frames, fps, *more_of_Film)``."""

    def write(
        path: Path, pictures: Iterable[np.ndarray], fps: Fraction, *more: Any, **named: Any
    ) -> Path:
        with Film(path, WIDTH, HEIGHT, fps, *more, **named) as film:
            for picture in pictures:
                film.write(picture)
        return path

    return write
