"""A render that is stopped, however, ends with the same film as one that is not."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from phosphene.cli import cli, filming
from phosphene.film import film

FRAMES = 24


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Two seconds at 12 fps in segments of 6 frames, a checkpoint after every second frame."""
    noise = 0.2 * np.random.default_rng(0).standard_normal(2 * 22050)
    soundfile.write(tmp_path / "song.wav", noise, 22050)
    path = tmp_path / "p.toml"
    path.write_text(
        '[song]\nfile = "song.wav"\n[video]\nwidth = 64\nheight = 64\nfps = 12\n'
        '[model]\nname = "none"\n[[motion]]\nuse = "orbit"\nperiod = "1s"\n'
    )
    monkeypatch.setattr(film, "SEGMENT", 0.5)
    monkeypatch.setattr(filming, "EVERY", -1.0)
    return path


def render(project, target, *more):
    return CliRunner().invoke(
        cli, ["render", str(project), "-o", str(target), *more], env={"COLUMNS": "200"}
    )


def at_frame(monkeypatch, number, do):
    """Run `do` just before a frame is handed to the film."""
    whole, count = filming.to_bytes, iter(range(10_000))

    def to_bytes(picture):
        if next(count) == number:
            do()
        return whole(picture)

    monkeypatch.setattr(filming, "to_bytes", to_bytes)
    return lambda: monkeypatch.setattr(filming, "to_bytes", whole)


def snapshot(folder, target):
    """A copy of one moment: made again where a segment took its name while it was copied."""
    while True:
        try:
            shutil.copytree(folder, target)
            return
        except shutil.Error:
            shutil.rmtree(target)


def stop():
    raise KeyboardInterrupt


@pytest.fixture
def uninterrupted(project, tmp_path):
    assert render(project, tmp_path / "whole.mp4").exit_code == 0
    return (tmp_path / "whole.mp4").read_bytes()


def test_ctrl_c_leaves_what_the_same_command_goes_on_from(
    project, tmp_path, monkeypatch, uninterrupted
):
    target = tmp_path / "film.mp4"
    for frame in (3, 5, 9):  # of what is left: the 4th, the 9th and the 18th of all
        heal = at_frame(monkeypatch, frame, stop)
        stopped = render(project, target)
        heal()
        assert stopped.exit_code == 130
        assert "The same command goes on from there" in stopped.stderr
        assert not target.exists()
    told = render(project, target)
    assert told.exit_code == 0
    assert "Going on after frame 17" in told.stderr
    assert target.read_bytes() == uninterrupted
    assert not list(tmp_path.glob(".film*"))


@pytest.mark.parametrize("frame", [0, 1, 5, 6, 7, 11, 13, 18, 22, 23])
def test_kill_9_at_any_frame(project, tmp_path, monkeypatch, uninterrupted, frame):
    """What lies on the disk at that moment is all that a killed process leaves."""
    target, folder = tmp_path / "film.mp4", tmp_path / ".film.mp4.resume"
    heal = at_frame(monkeypatch, frame, lambda: snapshot(folder, tmp_path / "left"))
    assert render(project, target).exit_code == 0
    heal()
    target.unlink()
    (tmp_path / "left").rename(folder)
    told = render(project, target)
    assert told.exit_code == 0, told.output
    assert ("Going on after frame" in told.stderr) == (frame > 0)
    assert target.read_bytes() == uninterrupted


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (["--seed", "7"], "model, seed"), (["--size", "96x64"], "size"), (["--fps", "10"], "frame rate"),
        (["--set", "motion.0.radius_x=9.0"], "translation_x"), (["--prompt", "x"], "prompts"),
    ],
)  # fmt: skip
def test_after_a_change_it_says_what_and_starts_over(project, tmp_path, monkeypatch, change, named):
    target = tmp_path / "film.mp4"
    heal = at_frame(monkeypatch, 9, stop)
    render(project, target)
    heal()
    told = render(project, target, *change)
    assert told.exit_code == 0
    assert "Changed since the last run was stopped" in told.stderr
    assert named in told.stderr
    assert "Starting over" in told.stderr
    assert target.exists()


def test_a_damaged_checkpoint_is_no_checkpoint(project, tmp_path, monkeypatch, uninterrupted):
    target, folder = tmp_path / "film.mp4", tmp_path / ".film.mp4.resume"
    heal = at_frame(monkeypatch, 9, stop)
    render(project, target)
    heal()
    (folder / "picture.safetensors").write_bytes(b"torn")
    assert render(project, target).exit_code == 0
    assert target.read_bytes() == uninterrupted


def test_frames_that_are_gone_are_an_error_that_says_so(project, tmp_path, monkeypatch):
    target, folder = tmp_path / "film.mp4", tmp_path / ".film.mp4.resume"
    heal = at_frame(monkeypatch, 9, stop)
    render(project, target)
    heal()
    raw = next(Path(folder).glob("*.rgb"))
    raw.write_bytes(raw.read_bytes()[:100])
    told = render(project, target)
    assert told.exit_code == 1
    assert "lacks frames" in told.stderr
    assert str(folder) in told.stderr
