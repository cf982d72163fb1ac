"""`phosphene compose --explain`: the numbers of the fold, as a user reads them."""

import re

import numpy as np
import pytest
from click.testing import CliRunner

from phosphene.cli import cli
from phosphene.testing import synthetic_song

PROJECT = """
[song]
file = "song.wav"
[video]
fps = 10
[[motion]]
use = "keyframes"
zoom = { "0" = 1.0, "40" = 1.04 }
strength = { "0" = 1.5 }
[[motion]]
use = "beat"
release = "0.4s"
to = { zoom = 0.05 }
amount = 0.5
between = ["bar 2", "bar 3"]
[[motion]]
use = "oscillator"
wave = "square"
period = "2s"
to = { rotation = 3.0 }
[[motion]]
look = "drift"
mute = true
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Explain a frame of a project whose song is not listened to, but known."""
    (tmp_path / "p.toml").write_text(PROJECT)
    monkeypatch.setattr("phosphene.cli.inputs.projects.listen_to", lambda *_: synthetic_song(8.0))

    def explain(*arguments):
        command = ["compose", str(tmp_path / "p.toml"), *map(str, arguments)]
        return CliRunner().invoke(cli, command, env={"COLUMNS": "80"})

    return explain


def test_a_frame_layer_by_layer(run):
    printed = run("--explain", "21")
    assert printed.exit_code == 0, printed.output
    lines = [re.split(r"\s{2,}", line.strip()) for line in printed.stdout.splitlines()]
    # One frame after the beat the hit is at (1 - 1/4)**2 = 0.5625.
    lead = 1.0 + 0.04 * 21 / 40
    hit = 1.05**0.5625
    assert ["motion[0] keyframes", "add", "1", f"{lead:.10g}", "1", f"{lead:.10g}"] in lines
    result = f"{lead * hit**0.5:.10g}"
    assert ["motion[1] beat", "add", f"{lead:.10g}", f"{hit:.10g}", "0.5", result] in lines
    assert ["motion[2] oscillator", "add", "0", "3", "1", "3"] in lines
    assert "No layer moves: translation_x 0, translation_y 0" in printed.stdout
    assert "clamped to 0 to 1: 1" in printed.stdout
    assert "Left out: motion[3].drift[0] noise" in printed.stdout


def test_it_prints_the_values_of_the_score(run, tmp_path):
    import csv

    for frame in (0, 7, 20, 35, 60):
        assert run("-o", tmp_path / "s.csv", "--explain", frame).exit_code == 0
        printed = run("--explain", frame).stdout
        rows = list(csv.DictReader((tmp_path / "s.csv").open()))
        blocks = {block.partition(",")[0]: block for block in printed.split("\n\n")}
        for channel in ("zoom", "rotation"):
            shown = float(blocks[channel].split()[-1])
            np.testing.assert_allclose(shown, float(rows[frame][channel]), rtol=1e-9)


def test_a_position_and_another_frame_rate(run):
    printed = run("--explain", "bar 2", "--fps", "20")
    assert "Frame 40, at 2.000 s" in printed.stdout
    assert "per frame as rendered: 1.5" in printed.stdout  # 3 degrees a frame, at twice the rate


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "--explain"),
        (("--explain", "bar 99"), "is outside"),
        (("--explain", "soon"), "expected a frame"),
    ],
)
def test_frames_that_cannot_be_explained(run, arguments, says):
    printed = run(*arguments)
    assert printed.exit_code == 2
    assert says in printed.stderr
