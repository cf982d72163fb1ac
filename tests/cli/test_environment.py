"""Terminals without Unicode, names that are not UTF-8, and a working folder that was removed."""

import os
import subprocess
import sys
from pathlib import Path
from xml.dom.minidom import parse

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from phosphene.cli import cli

ASCII = [
    {"PYTHONIOENCODING": "ascii"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
]


@pytest.fixture
def song(tmp_path: Path) -> Path:
    path = tmp_path / "Café.wav"
    soundfile.write(path, 0.1 * np.random.default_rng(0).standard_normal(4000), 8000)
    return path


COMMANDS = """
import sys
from phosphene.cli import prepare, run
prepare()
for command in (["plugins", "list"], ["modulators"], ["new", sys.argv[1]]):
    assert run(command) == 0
"""


@pytest.mark.parametrize("env", ASCII, ids=["stdout", "locale"])
def test_a_terminal_that_knows_ascii_alone(env: dict[str, str], song: Path) -> None:
    command = [sys.executable, "-c", COMMANDS, str(song)]
    run = subprocess.run(command, env=os.environ | env, capture_output=True, check=False)
    assert run.returncode == 0, run.stderr
    assert b"wave" in run.stdout
    assert run.stdout.isascii()


def test_names_that_are_not_utf_8(song: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(song.parent) + b"/\xff\xfe.wav"))
    song.rename(odd)
    result = CliRunner().invoke(cli, ["listen", str(odd)])
    assert result.exit_code == 0, result.output
    assert r"\udcff\udcfe.wav" in result.stdout
    result = CliRunner().invoke(cli, ["new", str(odd)])
    assert result.exit_code == 2
    assert "a file name that is not UTF-8" in result.stderr


def test_a_name_that_is_too_long(tmp_path: Path) -> None:
    for command in ("listen", "render", "new"):
        result = CliRunner().invoke(cli, [command, str(tmp_path / ("a" * 300 + ".wav"))])
        assert result.exit_code == 2
        assert "a name has at most 255 bytes" in result.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_an_output_that_is_full() -> None:
    command = [sys.executable, "-c", "from phosphene.cli import main; main()", "modulators"]
    with open("/dev/full", "w") as full:
        run = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert run.returncode == 2
    assert "the output cannot be written: No space left on device" in run.stderr


def test_a_working_folder_that_was_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    result = CliRunner().invoke(cli, ["listen", "song.wav"])
    assert result.exit_code == 2
    assert "the working folder cannot be found" in result.stderr


@pytest.mark.parametrize("command", ["listen", "render", "compose", "plot", "new"])
def test_a_pipe_is_not_waited_for(command: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "song.wav")
    output = ["-o", str(tmp_path / "x.svg")] if command == "plot" else []
    output = ["-o", str(tmp_path / "x.csv")] if command == "compose" else output
    result = CliRunner().invoke(cli, [command, str(tmp_path / "song.wav"), *output])
    assert result.exit_code == 2
    assert "is a named pipe, not a song" in result.stderr


@pytest.mark.parametrize("command", [["listen", "--plot"], ["plot", "-o"]])
def test_any_name_can_stand_in_a_drawing(command: list[str], song: Path) -> None:
    odd = song.with_name("what $is$ {love_^ <&> \x1b\udcff?.wav")
    song.rename(odd)
    name, option = command
    drawn = CliRunner().invoke(cli, [name, str(odd), option, str(song.with_name("x.svg"))])
    assert drawn.exit_code == 0, drawn.output
    parse(str(song.with_name("x.svg")))


def test_any_prompt_can_stand_in_a_drawing(song: Path) -> None:
    project, drawing = song.with_name("p.toml"), song.with_name("x.svg")
    said = '[song]\nfile = "Café.wav"\n[prompts.at]\n"0s" = "a \\u001b[2J $x_ <b> ]]> \\u0001"\n'
    project.write_text(said, encoding="utf-8")
    drawn = CliRunner().invoke(cli, ["plot", str(project), "-o", str(drawing)])
    assert drawn.exit_code == 0, drawn.output
    parse(str(drawing))


def test_the_libraries_of_models_give_no_advice():
    """Where nothing has imported them yet."""
    script = (
        "import importlib, phosphene.cli as own\n"
        "own.cli = lambda *_: importlib.import_module('phosphene.engines.diffusion.embeddings')\n"
        "own.main()"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert "[transformers]" not in ran.stderr
    assert "Traceback" not in ran.stderr
