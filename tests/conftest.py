"""What tests share: quiet threads, the plugins, projects made in memory, films read back."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# A console keeps the width that is reported when it is first met: none, so that each test tells its own.
os.environ.pop("COLUMNS", None)
import phosphene.cli.terminal.console  # noqa: F401
from phosphene.film.ffmpeg import executable
from phosphene.film.probe import probe
from phosphene.plugins import Registry, load_plugins
from phosphene.project.file import make_project
from phosphene.project.schema import Project

os.fsync = lambda descriptor: None  # no test cuts the power, and a disk takes 8 ms each time
settings.register_profile("phosphene", deadline=None)  # the clock asserts nothing
settings.load_profile("phosphene")
SIGNALS = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]
SAMPLES = Path(__file__).parent.parent / "samples"


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object | None) -> None:
    """Report how a test process died, and leave a mark for `.ci/run`."""
    if error:
        code = node.gateway._io.popen.wait(10)
        Path("worker-died.txt").write_text(f"{node.gateway.id} died with exit code {code}\n")
        print(f"{node.gateway.id} died with exit code {code}")


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Songs that tests listen to are kept apart from the user's, also by what tests start."""
    folder = tmp_path_factory.mktemp("cache")
    os.environ["PHOSPHENE_CACHE"] = str(folder)
    os.environ["PHOSPHENE_CONFIG"] = str(folder / "config")
    return folder


@pytest.fixture(autouse=True)
def own_signals() -> Iterator[None]:
    """A command that was stopped in a test ignores further signals; the next test must not."""
    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture(scope="session")
def registry() -> Registry:
    return load_plugins()


@pytest.fixture
def project(registry: Registry) -> Callable[..., Project]:
    """Make a project of layers: ``project({"use": "beat", ...}, video={"fps": 30})``."""

    def make(*motion: dict[str, Any], **tables: Any) -> Project:
        data = {"song": {"file": "song.wav"}, "motion": list(motion), **tables}
        return make_project(data, Path("test.toml"), registry)

    return make


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
