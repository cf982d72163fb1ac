"""The other commands, as a user types them."""

import json
import subprocess
import sys

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from phosphene.cli import cli


def run(*arguments):
    return CliRunner().invoke(
        cli, [str(a) for a in arguments], env={"COLUMNS": "160"}, catch_exceptions=False
    )


@pytest.fixture
def song(tmp_path):
    path = tmp_path / "song.wav"
    sound = np.zeros(22050 * 6)
    for beat in np.arange(0.0, 6.0, 0.5):
        sound[round(beat * 22050) : round(beat * 22050) + 400] = np.sin(np.arange(400) * 0.4)
    soundfile.write(path, 0.5 * sound, 22050)
    return path


def test_help_imports_nothing_heavy():
    heavy = ("torch", "librosa", "diffusers", "cv2", "scipy", "numpy", "pydantic")
    code = (
        "import sys; from phosphene.cli import cli\n"
        "try: cli(['--help'])\nexcept SystemExit: pass\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert "render" in printed.stdout
    assert printed.stdout.strip().endswith("[]")


def test_a_preview_imports_no_models_and_no_pytorch(song, tmp_path):
    heavy = (
        "torch", "diffusers", "transformers", "openvino", "librosa", "scipy.interpolate",
        "matplotlib", "soxr", "PIL", "phosphene.song.analysis", "phosphene.batch",
    )  # fmt: skip
    film = tmp_path / "film.mp4"
    options = ["render", str(song), "-o", str(film), "--model", "none", "--size", "64x64"]
    options += ["--end", "3"]
    assert run(*options).exit_code == 0  # with an empty cache
    code = (
        "import sys; from phosphene.cli import run\n"
        f"print(run({options}), [name for name in {heavy} if name in sys.modules])"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert printed.stdout.endswith("\n0 []\n")


def test_listen_prints_and_writes_the_stable_report(song, tmp_path):
    result = run("listen", song, "--json", tmp_path / "heard.json")
    assert result.exit_code == 0
    for word in ("6.000 s", "120.0 BPM", "12 in", "onsets"):
        assert word in result.stdout
    heard = json.loads((tmp_path / "heard.json").read_text())
    assert set(heard) == {
        "duration", "tempo", "beats", "downbeats", "onsets", "metre", "sections", "confidence",
        "key", "loudness",
    }  # fmt: skip
    np.testing.assert_allclose(heard["beats"], np.arange(0.0, 6.0, 0.5), atol=0.003)


def test_compose_writes_json_and_refuses_other_endings(song, tmp_path):
    assert run("compose", song, "-o", tmp_path / "s.json").exit_code == 0
    printed = json.loads((tmp_path / "s.json").read_text())
    assert len(printed["rows"]) == 72
    result = run("compose", song, "-o", tmp_path / "s.xls")
    assert result.exit_code == 2
    assert ".csv, .json" in result.stderr


def test_new_writes_a_project_that_composes(song, tmp_path):
    assert run("new", song).exit_code == 0
    text = (tmp_path / "song.toml").read_text()
    assert 'file = "song.wav"' in text
    assert "# ... and moves in with every beat" in text
    assert run("compose", tmp_path / "song.toml", "-o", tmp_path / "s.csv").exit_code == 0
    again = run("new", song)
    assert again.exit_code == 2
    assert "exists already" in again.stderr


def test_modulators_are_listed_and_shown(registry):
    printed = run("modulators").stdout
    assert all(name in printed for name in registry.modulators)
    page = run("modulators", "beat").stdout
    for field in registry.modulators["beat"].model_fields.values():
        assert field.description in page
    assert "a number, at least 0 and at most 1" in page
    assert "a whole number, at least 1 and at most 48" in page
    assert "sine, triangle, saw, square, pulse" in run("modulators", "oscillator").stdout
    keyframes = run("modulators", "keyframes").stdout
    assert "ease takes: linear, smooth, cubic, step, easeInSine" in keyframes
    assert "easeInOutBounce." in keyframes
    wrong = run("modulators", "orbti")
    assert wrong.exit_code == 2
    assert "'orbit'" in wrong.stderr


def test_every_look_that_is_listed_is_shown(registry):
    listed = run("modulators").stdout
    for name, look in registry.looks.items():
        assert name in listed
        page = run("modulators", name)
        assert page.exit_code == 0, page.output
        assert look["about"] in page.stdout
        assert all(layer["use"] in page.stdout for layer in look["layers"])


def test_every_parameter_is_described(registry):
    for cls in registry.modulators.values():
        assert cls.__doc__
        for name, field in cls.model_fields.items():
            assert field.description, f"{cls.name}.{name}"
        assert cls.model_json_schema()["properties"].keys() == cls.model_fields.keys()


def test_plugins_are_listed_with_version_and_hooks():
    printed = run("plugins").stdout
    assert "register_modulators" in printed
    assert "0.1.0" in printed


def test_doctor_finds_what_a_render_needs():
    result = run("doctor")
    assert result.exit_code == 0, result.output
    for word in ("ffmpeg", "device", "memory", "plugins", "models", "sd-turbo"):
        assert word in result.stdout
