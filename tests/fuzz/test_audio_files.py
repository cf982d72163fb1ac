"""`phosphene listen` on damaged audio files: a report of finite numbers, or a message."""

import json
import struct
import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from phosphene.cli import cli
from tests.fuzz.hostile import fuzzed, survives

RATE = 11025
# What libsndfile writes, by its own names; the encoding is the format's usual one, or that named.
WRITTEN = (
    "WAV", "WAV FLOAT", "WAV DOUBLE", "WAV ULAW", "WAV IMA_ADPCM", "WAVEX PCM_24", "RF64", "W64",
    "AIFF", "AIFF FLOAT", "AU", "AU FLOAT", "CAF", "CAF ALAC_16", "FLAC", "OGG", "OGG OPUS",
    "VOC", "NIST", "PAF", "SVX", "IRCAM", "PVF", "MAT4", "MAT5 DOUBLE", "HTK", "SDS", "AVR",
    "WVE ALAW", "MPC2K", "XI DPCM_16",
)  # fmt: skip
CONVERTED = ("mp3", "m4a", "aac", "mkv", "webm", "mov", "avi", "mka", "opus", "ac3", "wv", "tta")
NUMBERS = (0, 1, 2, 7, 100, 999, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 0x7FC00000, 0x60AD78EC)
FORMS = ("<I", ">I", "<H", ">H", "<Q", ">Q", "<f", ">d")


def sound() -> np.ndarray:
    """A second and a half of clicks over noise, stereo."""
    rng = np.random.default_rng(0)
    t = np.arange(RATE * 3 // 2) / RATE
    click = 0.6 * np.exp(-(t % 0.25) / 0.01) * np.sin(2 * np.pi * 800 * t)
    return np.stack([click, 0.5 * click], axis=1) + 0.01 * rng.standard_normal((len(t), 2))


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A valid file of each kind that this machine can write."""
    folder, files = tmp_path_factory.mktemp("seeds"), {}
    for kind in WRITTEN:
        form, _, encoding = kind.partition(" ")
        rate = {"OGG OPUS": 12000, "WVE ALAW": 8000}.get(kind, RATE)
        for channels in (sound(), sound()[:, 0]):
            try:
                soundfile.write(folder / "x", channels, rate, encoding or None, format=form)
            except (soundfile.SoundFileError, ValueError):
                continue
            files[kind] = (folder / "x").read_bytes()
            break
    (folder / "x").write_bytes(files["WAV"])
    for ending in CONVERTED:
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-i", folder / "x"]
        if subprocess.run([*command, folder / f"x.{ending}"], capture_output=True).returncode == 0:
            files[ending] = (folder / f"x.{ending}").read_bytes()
    assert len(files) > 30
    # Not part of any example's time: librosa is compiled when it is first used.
    assert CliRunner().invoke(cli, ["listen", str(folder / "x")]).exit_code == 0
    return files


@st.composite
def changes(draw: st.DrawFn) -> tuple[str, float, object]:
    """A change of a file: what, where (0 to 1, mostly in the header), and with what."""
    place = draw(st.one_of(st.floats(0, 1), st.floats(0, 0.02), st.floats(0, 0.002)))
    what = draw(st.sampled_from(["byte", "number", "number", "cut", "drop", "double", "text"]))
    value = {
        "byte": st.integers(0, 255),
        "number": st.tuples(st.sampled_from(FORMS), st.sampled_from(NUMBERS) | st.integers(0, 99)),
        "text": st.sampled_from(
            [b"RIFF", b"data", b"LIST", b"fLaC", b"OggS", b"\xff\xfb", b"moov"]
        ),
    }.get(what, st.integers(1, 64))
    return what, place, draw(value)


def changed(data: bytes, change: tuple[str, float, object]) -> bytes:
    what, share, value = change
    place = int(share * len(data))
    if what == "number":
        form, number = value
        bits = struct.calcsize(form) * 8
        new = struct.pack(form, number if form[1] in "fd" else number % (1 << bits))
    elif what == "byte":
        new = bytes([value])
    elif what == "text":
        new = value
    elif what == "cut":
        return data[:place]
    else:
        part = data[place : place + value]
        return data[:place] + (part * 2 if what == "double" else b"") + data[place + value :]
    return data[:place] + new + data[place + len(new) :]


def finite(text: str) -> object:
    """A report; JSON has no NaN, but Python's writes and reads it."""

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} in the report")

    return json.loads(text, parse_constant=refuse)


def listens(folder: Path, data: bytes, name: str) -> None:
    """Whether `listen` says what it hears, or why it cannot."""
    song, report = folder / name, folder / "report.json"
    song.write_bytes(data)
    report.unlink(missing_ok=True)
    result = survives(["listen", str(song), "--json", str(report)])
    if result.exit_code == 0:
        finite(report.read_text())
    else:
        assert result.exit_code == 2, result.output
        assert name in result.stderr


@fuzzed(25, 1000)
@given(data=st.data())
def test_damaged_files(
    tmp_path_factory: pytest.TempPathFactory, seeds: dict[str, bytes], data: st.DataObject
) -> None:
    kind = data.draw(st.sampled_from(sorted(seeds)))
    content = seeds[kind]
    for change in data.draw(st.lists(changes(), min_size=1, max_size=4)):
        content = changed(content, change)
    name = data.draw(st.sampled_from(["song.wav", "song.mp3", "song.flac", "song", "song.dat"]))
    listens(tmp_path_factory.getbasetemp(), content, name)


@fuzzed(10, 200)
@given(
    rate=st.integers(1, 2_000_000) | st.sampled_from([1, 2, 11, 50, 100, 999, 1000, 1_000_000]),
    channels=st.sampled_from([1, 2, 3, 8, 64]),
    length=st.integers(0, 4000),
    exponent=st.integers(-320, 308),
)
def test_absurd_samples(
    tmp_path_factory: pytest.TempPathFactory, rate: int, channels: int, length: int, exponent: int
) -> None:
    folder = tmp_path_factory.getbasetemp()
    rng = np.random.default_rng(length)
    samples = rng.standard_normal((length, channels)) * 10.0**exponent
    if length > 3:
        samples[rng.integers(length, size=3), 0] = np.nan, np.inf, -1e20
    soundfile.write(folder / "song.wav", samples, rate, "DOUBLE")
    listens(folder, (folder / "song.wav").read_bytes(), "song.wav")
