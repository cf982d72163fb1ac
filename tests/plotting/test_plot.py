"""`phosphene plot`, as a user types it."""

import io
import json
import re

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner
from PIL import Image

from phosphene.cli import cli

PROJECT = """
[song]
file = "song.wav"
[video]
fps = 10
[prompts]
[prompts.at]
"0" = "a cat"
"1s" = "</script><b>a dog</b>"
[[motion]]
use = "keyframes"
rotation = { "0" = 0.0, "20" = 1.0 }
[[motion]]
use = "orbit"
period = "2s"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("plot")
    soundfile.write(path / "song.wav", 0.5 * np.sin(np.arange(44100) * 0.1), 22050)
    (path / "project.toml").write_text(PROJECT)
    return path


def plot(folder, *arguments):
    return CliRunner().invoke(
        cli, ["plot", str(folder / "project.toml"), *map(str, arguments)], env={"COLUMNS": "160"}
    )


def test_png_is_1600_px_wide(folder):
    result = plot(folder, "-o", folder / "new" / "plot.png")
    assert result.exit_code == 0, result.output
    picture = Image.open(folder / "new" / "plot.png")
    assert picture.width == 1600
    assert len(np.unique(np.asarray(picture.convert("L")))) > 20


def test_svg_is_the_same_each_time(folder):
    for name in ("a.svg", "b.svg"):
        assert plot(folder, "-o", folder / name).exit_code == 0
    assert (folder / "a.svg").read_bytes() == (folder / "b.svg").read_bytes()


def test_html_is_complete_and_contains_the_values(folder):
    assert plot(folder, "-o", folder / "plot.html", "--fps", "20").exit_code == 0
    page = (folder / "plot.html").read_text()
    linked = re.findall(r'(?:src|href)="(?!#)([^"]*)', page)
    assert [link for link in linked if not link.startswith("data:")] == []
    assert page.count("</script>") == 1
    data = json.load(io.StringIO(re.search(r"const data = (.*);\n", page)[1]))
    rotation = next(one for one in data["channels"] if one["name"] == "rotation")
    assert len(rotation["values"]) == data["frames"] == 40
    assert rotation["values"][20] == pytest.approx(0.25 - 0.0125 / 2 + 0.00625, abs=0.02)
    assert [part["use"] for part in rotation["parts"]] == ["keyframes"]
    assert [prompt["text"] for prompt in data["prompts"]] == ["a cat", "</script><b>a dog</b>"]


def test_a_prompt_in_any_script_is_drawn_without_a_warning(folder, recwarn):
    script = 'prompts.at={"0" = "\u68ee\u306e\u4e2d \u0e1b\u0e48\u0e32", "10" = "$x"}'
    assert plot(folder, "-o", folder / "plot.png", "--set", script).exit_code == 0
    assert [str(one.message) for one in recwarn if "Glyph" in str(one.message)] == []


def test_other_endings_are_refused(folder):
    result = plot(folder, "-o", folder / "plot.jpg")
    assert result.exit_code == 2
    assert ".png, .svg, .html" in result.stderr
