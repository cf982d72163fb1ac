"""Loops as files: they close, and are as long as their bars."""

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from phosphene.cli import cli
from phosphene.cli.inputs import projects
from phosphene.film import film
from phosphene.film.probe import probe
from phosphene.painting import frames
from phosphene.rendering import filming
from phosphene.testing import synthetic_song

BEGIN, END, RATE = 94872, 275795, 44100  # of bars 2 and 3; tests/composing/test_loops.py


@pytest.fixture(scope="module")
def sound():
    return 0.2 * np.random.default_rng(0).standard_normal((10 * RATE, 2)).clip(-4, 4)


@pytest.fixture
def loop(tmp_path, monkeypatch, sound):
    """Render bars 2 and 3 of ten seconds of noise at 117 BPM: ``loop(name, *options)``."""
    song = synthetic_song(10.0, bpm=117, first_beat=0.1)
    soundfile.write(tmp_path / "song.wav", sound, RATE)
    (tmp_path / "p.toml").write_text(
        '[song]\nfile = "song.wav"\n[video]\nwidth = 64\nheight = 64\nfps = 12\n'
        '[model]\nname = "none"\n[[motion]]\nlook = "pulse"\n[[motion]]\nlook = "drift"\n'
    )
    monkeypatch.setattr(projects, "listen_to", lambda *_: song)
    monkeypatch.setattr("phosphene.rendering.render.preflight", lambda *_: None)

    def render(name, *options):
        arguments = ["loop", str(tmp_path / "p.toml"), "-o", str(tmp_path / name), *options]
        told = CliRunner().invoke(cli, arguments, env={"COLUMNS": "200"})
        return told, tmp_path / name

    return render


def steps(frames):
    around = np.concatenate([frames, frames[:1]]).astype(np.int16)
    return np.abs(np.diff(around, axis=0)).mean((1, 2, 3))


@pytest.mark.parametrize("ending", ["mp4", "webm", "mov", "gif"])
def test_the_step_from_the_last_frame_to_the_first_is_no_larger_than_others(
    loop, ending, decode_frames, decode_audio
):
    told, path = loop(f"loop.{ending}", "--bars", "2:4")
    assert told.exit_code == 0, told.output
    shown = decode_frames(path)
    assert f"{len(shown)} frames for {END - BEGIN} samples at {RATE} Hz" in told.output
    *others, seam = steps(shown)
    assert seam <= max(others)
    if ending == "gif":
        return
    played, rate = decode_audio(path)
    assert abs(len(played) - (END - BEGIN) * rate / RATE) <= 0.5


def test_a_mov_has_the_samples_of_the_song_and_all_of_the_colour(loop, sound, decode_audio):
    _, path = loop("loop.mov", "--bars", "2:4")
    played, _ = decode_audio(path)
    np.testing.assert_allclose(played, sound[BEGIN:END], atol=2e-4)
    assert probe(path).video.codec == "prores"


def test_a_loop_with_a_cut_closes_with_a_cut(loop, decode_frames):
    """Bar 3 begins in frame 25 of 50: the two cuts are the only large steps."""
    cut = ("--set", 'scene=[{at="0",prompt="fire"},{at="bar 3",prompt="ice"}]')
    still = ("--set", 'motion=[{use="keyframes",zoom=1.001}]')
    told, path = loop("loop.mp4", "--bars", "2:4", *cut, *still)
    assert told.exit_code == 0, told.output
    found = steps(decode_frames(path))
    assert sorted(np.argsort(found)[-2:]) == [len(found) // 2 - 1, len(found) - 1]
    assert np.sort(found)[-2] > 4 * np.sort(found)[-3]


def test_a_stopped_loop_resumes_to_the_same_bits(loop, monkeypatch):
    """Stopped in the dissolve: 6 frames lead to a loop of 25, which begins to dissolve at 19."""
    monkeypatch.setattr(filming, "CHECKPOINT_SECONDS", -1.0)
    monkeypatch.setattr(film, "SEGMENT", 0.5)
    _, whole = loop("whole.mp4", "--bars", "2:3")
    to_levels, calls = frames.to_levels, iter(range(1000))

    def stopped(picture):
        if next(calls) == 7 + 22:
            raise KeyboardInterrupt
        return to_levels(picture)

    with monkeypatch.context() as patch:
        patch.setattr(frames, "to_levels", stopped)
        told, path = loop("loop.mp4", "--bars", "2:3")
    assert told.exit_code == 130
    told, _ = loop("loop.mp4", "--bars", "2:3")
    assert "Resuming after frame 22," in told.output
    assert path.read_bytes() == whole.read_bytes()


MISTAKES = [
    (["--bars", "9"], "'9' is not a range of bars"), (["--bars", "4:2"], "not a range of bars"),
    (["--bars", "0:2"], "count from 1"), (["--bars", "2:90"], "the song has 4 complete bars"),
    (["--bars", "2:4", "--start", "1s"], "--bars already sets start and end"), ([], "--bars"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "message"), MISTAKES)
def test_a_mistake_is_named(loop, options, message):
    told, path = loop("loop.mp4", *options)
    assert told.exit_code == 2
    assert message in told.output
    assert not path.exists()
