"""An ffmpeg that does not end by itself."""

import signal
import sys

import pytest

from phosphene.errors import FilmError
from phosphene.film import encoder
from phosphene.film.encoder import Encoder

SLEEPS = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(encoder, "STOPPED", 1)
    monkeypatch.setattr(encoder, "SILENT", 1)


def test_a_stopped_ffmpeg_is_an_error(monkeypatch):
    monkeypatch.setattr(encoder, "SILENT", 100)
    running = Encoder([sys.executable, "-c", "import sys; sys.stdin.buffer.read()"])
    running._process.send_signal(signal.SIGSTOP)
    frame = bytes(1 << 20)  # more than a pipe takes

    def fill():
        for _ in range(20):
            running.put([frame])

    with pytest.raises(FilmError, match="was paused by another process for 1 s") as caught:
        fill()
    assert "same command again" in caught.value.fix
    running.kill()
    assert running._process.returncode == -signal.SIGKILL


def test_an_ffmpeg_that_makes_no_progress_is_an_error():
    running = Encoder(SLEEPS)
    with pytest.raises(FilmError, match="made no progress for 1 s"):
        running.finish()
    running.kill()


def test_an_ffmpeg_that_reports_progress_is_awaited(monkeypatch):
    monkeypatch.setattr(encoder, "SILENT", 3)
    tells = "import time\nfor i in range(5): print(f'frame={i}', flush=True); time.sleep(0.3)"
    running = Encoder([sys.executable, "-c", tells])
    running.finish()
    assert running.frames == 4


def test_listed_frames_are_counted():
    lists = "print('#tb 0: 1/12'); [print(f'0, {i}, {i}, 1, 900, 0x1') for i in range(5)]"
    running = Encoder([sys.executable, "-c", lists])
    running.finish()
    assert running.frames == 5
