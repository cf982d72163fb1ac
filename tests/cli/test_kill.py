"""After real signals and full disks, the same command resumes."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from small_film import PROJECT, write_noise

from phosphene.film import ffmpeg

DRAWN, PAINTED = "phosphene.painting.drawing.array_levels", "phosphene.painting.frames.to_levels"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A project of two seconds at 12 fps; the film has four segments of 6 frames."""
    folder = tmp_path_factory.mktemp("kill")
    write_noise(folder / "song.wav", 2.0)
    (folder / "p.toml").write_text(PROJECT)
    return folder


@pytest.fixture(scope="module")
def render(folder):
    """Render `p.toml` in a process of its own: ``render(target, **what_happens_in_it)``."""
    script = Path(__file__).with_name("children.py")
    with subprocess.Popen(
        [sys.executable, script, "2.0"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", "COLUMNS": "200"},
    ) as process:

        def ask(target, *options, at_once=None, **happens):
            arguments = ["render", str(folder / "p.toml"), "-o", str(target), *options]
            order = {"arguments": arguments, **happens}
            text = json.dumps([order] * at_once if at_once else order)
            print(text, file=process.stdin, flush=True)
            printed = json.loads(process.stdout.readline())
            if at_once:
                return [SimpleNamespace(**one) for one in printed]
            return SimpleNamespace(**printed)

        yield ask
        process.stdin.close()


@pytest.fixture(scope="module")
def whole(folder, render):
    printed = render(folder / "whole.mp4")
    assert printed.status == 0, printed.output
    return (folder / "whole.mp4").read_bytes()


# Where the process is when it dies: a function, and the number of its call.
MOMENTS = [
    ("os.replace", 0),  # before anything is described
    (DRAWN, 0),
    ("os.fsync", 4),  # a checkpoint half written
    ("os.replace", 4),  # a checkpoint written, without its name
    (DRAWN, 5),
    ("phosphene.film.segments.Path.replace", 0),  # a segment written, without its name
    ("phosphene.film.segments.Path.unlink", 0),  # a segment with its name, and its raw frames
    (DRAWN, 23),
    ("phosphene.film.film.film_command", 0),  # every frame painted
    ("os.replace", 26),  # joined, without its name
    ("phosphene.rendering.filming.clear_own", 0),  # the film has its name; its state lies about
]


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: f"{moment[0]} {moment[1]}")
def test_kill_9(tmp_path, render, whole, moment):
    target = tmp_path / "film.mp4"
    assert render(target, at=moment, signal="SIGKILL").status == -signal.SIGKILL
    printed = render(target)
    assert printed.status == 0, printed.output
    assert target.read_bytes() == whole
    assert list(tmp_path.iterdir()) == [target]


def test_killed_again_and_again(tmp_path, render, whole):
    target, kills = tmp_path / "film.mp4", 0
    while render(target, at=(DRAWN, 5), signal="SIGKILL").status == -signal.SIGKILL:
        kills += 1
    assert kills == 4  # five frames further each time; the last four are painted
    assert target.read_bytes() == whole


ENGINE = """
import torch
from phosphene import EngineSpec, hookimpl

class Smear:
    device, noise_shape = torch.device("cpu"), (3, 8, 8)

    def first(self, row):
        draw = torch.Generator().manual_seed(row.seed)
        return torch.rand(1, 3, 64, 64, generator=draw)

    def img2img(self, picture, row, noise):
        fine = torch.nn.functional.interpolate(noise.seen(), scale_factor=8)
        return torch.lerp(picture, 0.5 + 0.1 * fine, row.strength).clamp(0, 1)

@hookimpl
def register_engines(register):
    register(EngineSpec("smear", "feeds its pictures back", lambda model, score: Smear()))
"""
# Frames 6 to 11 dissolve from the first scene to the second; frame 18 comes back to the first.
SCENES = (
    'scene=[{at="0",name="a"},{at="1s",dissolve="0.5s",seed=7},{at="1.5s",continues="a"}]'
)  # fmt: skip


@pytest.mark.parametrize("kills", [[8], [3, 4], [14, 6]])  # in, before and after the dissolve
def test_kill_9_amid_scenes(tmp_path, render, kills):
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "smear.py").write_text(ENGINE)
    about = {"env": {"PHOSPHENE_PLUGINS_DIR": str(tmp_path / "plugins")}}
    options = ["--model", "smear", "--set", SCENES]
    told = render(tmp_path / "whole.mp4", *options, **about)
    assert told.status == 0, told.output
    target = tmp_path / "film.mp4"
    for frame in kills:
        stopped = render(target, *options, at=(PAINTED, frame), signal="SIGKILL", **about)
        assert stopped.status == -signal.SIGKILL
    told = render(target, *options, **about)
    assert f"Resuming after frame {sum(kills)}," in told.output
    assert target.read_bytes() == (tmp_path / "whole.mp4").read_bytes()


def test_ffmpeg_that_outlives_us_does_no_harm(tmp_path, render, whole):
    """It sees the end of its input late, and finishes its segment while ours is being made."""
    go, late = tmp_path / "orphan.go", tmp_path / "ffmpeg"
    wait = f"while ! test -e {go}; do sleep 0.05; done"
    late.write_text(
        f'#!/bin/sh\ncase "$*" in *pipe:0*film*) ;; *) exec {ffmpeg.executable()} "$@";; esac\n'
        f'(cat; {wait}) | {ffmpeg.executable()} "$@"\ntouch {go.with_suffix(".done")}\n'
    )
    late.chmod(0o755)
    target = tmp_path / "film.mp4"
    happens = {"at": (DRAWN, 4), "signal": "SIGKILL", "env": {ffmpeg.VARIABLE: str(late)}}
    assert render(target, **happens).status == -signal.SIGKILL
    printed = render(target, at=(DRAWN, 1), release=str(go))
    assert "Resuming after frame 4" in printed.output
    assert go.with_suffix(".done").exists()
    assert target.read_bytes() == whole
    assert not list(tmp_path.glob(".film*"))


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_other_signals_stop_in_order(tmp_path, render, whole, name):
    target = tmp_path / "film.mp4"
    printed = render(target, at=(DRAWN, 9), signal=name)
    assert printed.status == 128 + signal.Signals[name]
    assert "Stopped at frame 9 of 24. The same command resumes after frame 9" in printed.output
    assert str(tmp_path / ".film.mp4.resume") in printed.output
    assert "Traceback" not in printed.output
    assert "Resuming after frame 9," in render(target).output
    assert target.read_bytes() == whole


def test_a_closed_terminal(tmp_path, render, whole):
    target = tmp_path / "film.mp4"
    assert render(target, at=(DRAWN, 9), signal="SIGHUP", hung_up=True).status == 129
    assert "Resuming after frame 9," in render(target).output
    assert target.read_bytes() == whole


def test_nohup_is_respected(tmp_path, render, whole):
    target = tmp_path / "film.mp4"
    assert render(target, at=(DRAWN, 9), signal="SIGHUP", ignored="SIGHUP").status == 0
    assert target.read_bytes() == whole


@pytest.mark.parametrize("limit", [10_000, 30_000, 60_000])
def test_a_full_disk(tmp_path, render, whole, limit):
    """A limit on the size of files stands for it: a raw frame, a checkpoint, five raw frames."""
    target = tmp_path / "film.mp4"
    printed = render(target, limit=limit)
    assert printed.status == 1
    assert "cannot be" in printed.output
    assert "File too large" in printed.output
    assert "ulimit" in printed.output
    assert "Traceback" not in printed.output
    assert not target.exists()
    kept = {10_000: "", 30_000: "", 60_000: "Resuming after frame 4,"}[limit]  # whole raw frames
    printed = render(target)
    assert printed.status == 0
    assert kept in printed.output
    assert target.read_bytes() == whole


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
@pytest.mark.parametrize(
    "moment", ["phosphene.film.film.count_command", "phosphene.film.encoder.Encoder.put"]
)
def test_signals_in_preflight_leave_nothing(tmp_path, render, name, moment):
    target = tmp_path / "film.mp4"
    printed = render(target, preflight=True, at=(moment, 0), signal=name)
    assert printed.status == 128 + signal.Signals[name]
    assert "Traceback" not in printed.output
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "second",
    ["phosphene.rendering.checkpoint.save_last", "phosphene.film.segments.Segments.kill",
     "phosphene.rendering.filming._stopped", "phosphene.own_files.remove_if_bare"],
)  # fmt: skip
def test_a_second_ctrl_c_does_not_disturb_the_tidying_up(tmp_path, render, whole, second):
    target = tmp_path / "film.mp4"
    printed = render(target, at=(DRAWN, 9), signal="SIGINT", then=[(second, 0, "SIGINT")])
    assert printed.status == 130
    assert "Traceback" not in printed.output
    assert "Resuming after frame 9," in render(target).output
    assert target.read_bytes() == whole


def test_five_renders_at_once(tmp_path, render, whole):
    target = tmp_path / "film.mp4"
    printed = render(target, at_once=5)
    assert {one.status for one in printed} <= {0, 1}
    assert any(one.status == 0 for one in printed)
    assert all("Another render is writing" in one.output for one in printed if one.status == 1)
    assert target.read_bytes() == whole
    assert list(tmp_path.iterdir()) == [target]


def test_a_stopped_ffmpeg_is_an_error_and_nothing_is_lost(tmp_path, render, whole):
    """Stopped before its first frame, as by SIGSTOP: a script stops itself and becomes ffmpeg."""
    stops = tmp_path / "ffmpeg"
    stops.write_text(
        f'#!/bin/sh\ncase "$*" in *pipe:0*) kill -STOP $$;; esac\nexec {ffmpeg.executable()} "$@"\n'
    )
    stops.chmod(0o755)
    target = tmp_path / "film.mp4"
    printed = render(target, env={ffmpeg.VARIABLE: str(stops)}, impatient=True)
    assert printed.status == 1
    assert "was paused by another process for 1 s (SIGSTOP)" in printed.output
    assert "The same command resumes after frame" in printed.output
    stops.unlink()
    assert "Resuming after frame" in render(target).output
    assert target.read_bytes() == whole
    assert list(tmp_path.iterdir()) == [target]
