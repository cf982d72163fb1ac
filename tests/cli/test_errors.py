"""Ten kinds of bad input: one clear message and exit code 2 each, before any model loads."""

import sys

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from phosphene.cli import cli

PROJECT = """
[song]
file = "song.wav"
[video]
width = 64
height = 64
[model]
name = "worlds"
[[motion]]
use = "beat"
release = "0.3s"
to = { zoom = 0.04 }
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    noise = 0.1 * np.random.default_rng(0).standard_normal(22050 * 2)
    soundfile.write("song.wav", noise, 22050)
    soundfile.write("empty.wav", np.empty(0), 22050)
    (tmp_path / "text.mp3").write_text("this is no song")
    (tmp_path / "file").write_text("in the way of a folder")
    return tmp_path


def broken(old, new):
    return PROJECT.replace(old, new)


@pytest.mark.parametrize(
    ("text", "arguments", "says"),
    [
        ("", ["snog.wav"], ["snog.wav", "song.wav"]),
        ("", ["text.mp3"], ["text.mp3", "not a supported audio file"]),
        ("", ["empty.wav"], ["empty.wav"]),
        ("[song\nfile=", ["p.toml"], ["p.toml", "not valid TOML"]),
        (broken("release", "relase"), ["p.toml"], ["motion[0].relase", "'release'"]),
        (broken("64", '"big"'), ["p.toml"], ["video.width", "'big'"]),
        (PROJECT + 'between = ["0", "bar 99"]', ["p.toml"], ["motion[0].between[1]", "bar 99"]),
        (broken('"beat"', '"beet"'), ["p.toml"], ["unknown modulator 'beet'", "'beat'"]),
        (broken("zoom", "zom"), ["p.toml"], ["unknown channel 'zom'", "'zoom'"]),
        (PROJECT, ["p.toml", "-o", "file/x.mp4"], ["file", "cannot be written"]),
        # ... and some more.
        (PROJECT, ["p.toml", "-o", "x.mp5"], [".mp5", ".mp4"]),
        (PROJECT, ["p.toml", "--model", "wolds"], ["unknown model 'wolds'", "worlds"]),
        (PROJECT, ["p.toml", "--quality", "fin"], ["--quality", "'fin'", "fine"]),
        (PROJECT, ["p.toml", "--fps", "fast"], ["--fps fast", "30000/1001"]),
        (PROJECT, ["p.toml", "--size", "big"], ["big", "512x512"]),
        (PROJECT, ["p.toml", "--size", "63x64"], ["63"]),
        (PROJECT, ["p.toml", "--size", "²x²"], ["'²x²' is not a size"]),
        (PROJECT, ["p.toml", "--size", "100000x100000"], ["--size width: got 100000", "--size height", "8192"]),
        (PROJECT, ["p.toml", "--model", "~no one"], ["~no one"]),
        (PROJECT, ["p.toml", "--fps", ""], ["--fps", "expected a number"]),
        (PROJECT, ["p.toml", "--fps", "1e99999999"], ["--fps", "0.1 to 240"]),
        (PROJECT, ["p.toml", "--start", ""], ["video.start: got ''"]),
        (PROJECT, ["p.toml", "--model", ""], ["model.name: got ''"]),
        (PROJECT, ["p.toml", "--model", "x" * 5000], ["model.name: got 'x", "at most 255 bytes"]),
        (PROJECT, ["p.toml", "--seed", "9" * 30], ["model.seed: got a whole number of 3"]),
        (PROJECT, ["p.toml", "--set", "motion.²=1"], ["no entry '²'"]),
        (PROJECT, ["p.toml", "--set", "a." * 100 + "a=1"], ["nested more than 32 deep"]),
        (PROJECT, ["p.toml", "--set", "video.image=no.png"], ["p.toml: video.image: ", "no.png: no such"]),
        (PROJECT, ["p.toml", "--set", "video.image=."], ["p.toml: video.image: ", "is a folder"]),
        (PROJECT, ["p.toml", "--set", "video.image=song.wav"], ["p.toml: video.image: ", "not a picture"]),
        (PROJECT, ["p.toml", "--set", "song.beats=no.txt"], ["p.toml: song.beats: ", "no.txt: no such"]),
        (PROJECT, ["p.toml", "--set", "song.file="], ["song.file: got ''", "expected a name"]),
        (PROJECT, ["p.toml", "--set", "song.file=~no one/a.wav"], ["~no one/a.wav"]),
        ('model = "x"\n' + broken('[model]\nname = "worlds"', ""), ["p.toml", "--model", "none"], ["model: got 'x': expected a table"]),
        ('prompts = 1\n' + PROJECT, ["p.toml", "--prompt", "a"], ["prompts: got 1: expected a table"]),
        ("", ["."], ["'INPUT': . is a folder"]),
        ("", [""], ["'INPUT': '': expected a name"]),
        ("", ["/"], ["'INPUT': / is a folder"]),
        ("", ["x" * 300], ["at most 255 bytes"]),
        (PROJECT, ["p.toml", "-o", ""], ["'-o'", "expected a name"]),
        (PROJECT, ["p.toml", "-o", "/"], ["'-o'", "/ is a folder"]),
        (PROJECT, ["p.toml", "--start", "9s"], ["video.start", "9s", "outside"]),
        (PROJECT, ["p.toml", "--set", "motion.7.x=1"], ["no entry '7'"]),
        (PROJECT, ["p.toml", "-o", "song.wav"], [".wav"]),
        ("", ["nothing.toml"], ["nothing.toml", "no such project file"]),
    ],
)  # fmt: skip
def test_bad_input_is_reported_before_a_model_loads(folder, monkeypatch, text, arguments, says):
    if text:
        (folder / "p.toml").write_text(text)
    monkeypatch.delitem(sys.modules, "diffusers", raising=False)
    result = CliRunner().invoke(cli, ["render", *arguments], env={"COLUMNS": "200"})
    assert result.exit_code == 2, result.output
    for word in says:
        assert word in result.stderr
    assert "Traceback" not in result.output
    assert "diffusers" not in sys.modules
    assert not list(folder.glob("*.mp4"))


@pytest.mark.parametrize(
    "arguments",
    [
        ["compose", ""], ["compose", "."], ["compose", "song.wav", "-o", ""], ["plot", "/", "-o", "a.png"],
        ["plot", "song.wav", "-o", ""], ["new", ""], ["new", "/"], ["new", "song.wav", "-o", "."],
        ["import", "deforum", "", "-o", "a.toml"], ["import", "deforum", "song.wav", "-o", ""],
        ["compose", "song.wav", "-o", "a.csv", "--explain", "²"],
    ],
    ids=range(11),
)  # fmt: skip
def test_no_command_takes_a_folder_or_an_empty_name_for_a_file(folder, arguments):
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 2, result.output
    assert "Error" in result.stderr
