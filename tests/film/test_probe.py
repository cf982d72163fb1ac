from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from phosphene.errors import FilmError
from phosphene.film.probe import parse, probe
from phosphene.film.sound import Soundtrack


def test_film_is_read(
    tmp_path: Path, frames: Callable, clicks: Path, shoot: Callable[..., Path]
) -> None:
    path = shoot(
        tmp_path / "a b:c%d.mp4", frames(24), Fraction(24000, 1001), Soundtrack(clicks, 0, 1)
    )
    found = probe(path)
    assert found.video is not None
    assert (found.video.codec, found.video.width, found.video.height) == ("h264", 64, 48)
    assert found.video.fps == Fraction(24000, 1001)
    assert found.audio is not None
    assert (found.audio.codec, found.audio.rate, found.audio.channels) == ("aac", 44100, 2)
    assert found.duration == pytest.approx(1.001, abs=0.01)
    assert found.start == found.video.start == found.audio.start == 0


def test_wav_has_no_video(clicks: Path) -> None:
    found = probe(clicks)
    assert found.video is None
    assert found.duration == 8.0


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_bytes(np.random.default_rng(0).bytes(500))
    for name in ("notes.txt", "nowhere.wav"):
        with pytest.raises(FilmError, match=name):
            probe(tmp_path / name)


def test_cover_late_start_and_rare_layouts() -> None:
    report = """\
Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'Stream #0:0: Audio: lie, 1 Hz, mono':
  Metadata:
    title           : x
                    : Stream #0:9: Audio: lie, 1 Hz, mono
  Duration: 01:02:03.50, start: 0.276780, bitrate: 143 kb/s
  Stream #0:0[0x1]: Video: mjpeg (Baseline), yuvj444p(pc), 600x600, 90k tbr (attached pic)
  Stream #0:1[0x2](und): Audio: aac (LC) (mp4a / 0x6134706D), 48000 Hz, 5.1(side), fltp, 128 kb/s, \
start 0.276780 (default)
  Stream #0:2(eng): Audio: pcm_s16le, 8000 Hz, 12 channels, s16
"""
    found = parse(report)
    assert found.video is None
    assert found.duration == 3723.5
    assert found.audio is not None
    assert (found.audio.channels, found.audio.start) == (6, 0.27678)


def test_duration_may_be_unknown() -> None:
    found = parse("Input #0, ogg:\n  Duration: N/A, start: 0.0, bitrate: N/A\n")
    assert (found.duration, found.audio, found.video) == (None, None, None)
