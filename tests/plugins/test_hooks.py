"""Every hook, with its example in docs/reference."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from click.testing import CliRunner

from phosphene import Depth
from phosphene.cli import cli
from phosphene.film import formats
from phosphene.plugins import load_plugins
from phosphene.plugins.loading import HOOKS
from phosphene.testing import small_score

FOLDER = Path(__file__).parents[2] / "docs" / "reference" / "examples"
EXAMPLES = {path.stem: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.py")}


def without_proof(hooks, examples, tests):
    """The hooks that have no example plugin, or no test of their name, or no sentence."""
    return {
        name
        for name, hook in hooks.items()
        if name not in examples or f"test_{name}" not in tests or not hook.__doc__
    }


def test_every_hook_has_a_sentence_an_example_and_a_test():
    assert not without_proof(HOOKS, EXAMPLES, globals())
    assert EXAMPLES.keys() <= HOOKS.keys(), "an example of no hook"


def test_a_hook_without_them_is_detected():
    def register_clouds(register):
        """Register clouds."""

    new = {"register_clouds": register_clouds}
    with_test = {"test_register_clouds": None}
    assert without_proof(new, {}, with_test) == {"register_clouds"}
    assert without_proof(new, new, {}) == {"register_clouds"}
    assert not without_proof(new, new, with_test)
    register_clouds.__doc__ = None
    assert without_proof(new, new, with_test) == {"register_clouds"}


@pytest.fixture
def run(package, tmp_path, monkeypatch):
    """Install the example of a hook, and run a command or render a project of two seconds."""
    monkeypatch.chdir(tmp_path)
    soundfile.write("song.wav", 0.1 * np.random.default_rng(0).standard_normal(44100), 22050)

    def phosphene(hook, *words, motion="", tables=""):
        package("example", EXAMPLES[hook])
        (tmp_path / "p.toml").write_text(f'[song]\nfile = "song.wav"\n{tables}\n{motion}')
        result = CliRunner().invoke(cli, [*words], env={"COLUMNS": "200"})
        assert result.exit_code == 0, result.output
        return result

    return phosphene


def rotation(run, hook, **project):
    run(hook, "compose", "p.toml", "-o", "s.csv", **project)
    lines = [line.split(",") for line in Path("s.csv").read_text().splitlines()]
    column = lines[0].index("rotation")
    return np.array([float(line[column]) for line in lines[1:]])


def test_register_modulators(run):
    motion = '[[motion]]\nuse = "tumble"'
    np.testing.assert_allclose(rotation(run, "register_modulators", motion=motion), 1.5)


def test_register_features(run):
    motion = '[[motion]]\nuse = "level"\nfeature = "half"\nattack = "0s"\nto = { rotation = 3.0 }'
    values = rotation(run, "register_features", motion=motion)
    np.testing.assert_allclose(values, 1.5)


def test_register_trackers(run):
    printed = run("register_trackers", "listen", "song.wav", "--tracker", "even").stdout
    assert "120.0 BPM, confidence 100%" in printed
    assert "4 in 1 bars of 4" in printed


SMALL = ("--size", "64x64", "--fps", "2")


def test_register_engines(run, decode_frames):
    run("register_engines", "render", "p.toml", "--model", "grey", *SMALL, "-o", "film.mp4")
    frames = decode_frames(Path("film.mp4"))
    assert frames.shape == (4, 64, 64, 3)
    np.testing.assert_allclose(frames, 128, atol=3)


def test_register_depths(run):
    tables = '[depth]\nsource = "corridor"'
    result = run(
        "register_depths",
        "render",
        "p.toml",
        "--model",
        "none",
        *SMALL,
        "-o",
        "film.mp4",
        tables=tables,
    )
    assert "[depth] is not shown" in result.output
    depth = Depth.model_validate({"source": "corridor", "near": 0.5, "far": 2.0})
    source = load_plugins().depths["corridor"].load(depth, small_score(), torch.device("cpu"))
    distance = source(torch.zeros(1, 3, 48, 64))
    assert distance[0, 0, 0, [0, -1]].tolist() == [0.5, 2.0]


def test_register_encoders(run):
    run("register_encoders", "render", "p.toml", "--model", "none", *SMALL, "-o", "film.nut")
    assert Path("film.nut").read_bytes()[:3] == b"nut"
    assert ".nut" not in formats.FORMATS


def test_register_upscalers(run, decode_frames):
    tables = '[video]\nupscaler = "blocks"'
    words = ("render", "p.toml", "--model", "none", *SMALL, "--upscale", "4", "-o", "film.mkv")
    run("register_upscalers", *words, tables=tables)
    frames = decode_frames(Path("film.mkv"))
    assert frames.shape == (4, 256, 256, 3)
    blocks = frames.reshape(4, 64, 4, 64, 4, 3).astype(int)
    assert np.abs(blocks - blocks.mean((2, 4), keepdims=True)).mean() < 2


def test_register_looks(run):
    values = rotation(run, "register_looks", motion='[[motion]]\nlook = "sway"\namount = 0.5')
    assert np.abs(values).max() == pytest.approx(0.5 * 12 / 15, rel=0.05)


def test_register_directors(run):
    result = run(
        "register_directors", "new", "song.wav", "--director", "bars", "--idea", "a harbour"
    )
    assert "song.toml written (scenes: 1, layers of motion: 1)" in result.stdout
    text = Path("song.toml").read_text()
    assert "# a new light every eight bars" in text
    assert '"bar 1" = "a harbour at dawn"' in text
    assert 'file = "song.wav"' in text


def test_register_options(run):
    motion = '[[motion]]\nuse = "tilt"'
    values = rotation(run, "register_options", motion=motion, tables="[plugins.example]\nangle = 2")
    np.testing.assert_allclose(values, 2.0)
    page = CliRunner().invoke(cli, ["modulators", "tilt"], env={"COLUMNS": "200"}).stdout
    assert "[plugins.example] angle" in page


def test_register_commands(run):
    assert run("register_commands", "hello").stdout == "hello from a plugin\n"
    assert "hello" in CliRunner().invoke(cli, ["--help"]).stdout
    assert "hello" not in load_plugins().modulators
