"""`phosphene import deforum`, as a user types it."""

import json
import tomllib

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from phosphene.cli import cli

SETTINGS = {
    "W": 320, "H": 192, "seed": 9, "seed_behavior": "iter", "steps": 20, "fps": 10,
    "max_frames": 20, "animation_mode": "2D", "zoom": "0:(1.0+0.01*sin(t))",
    "translation_x": "0:(0), 15:(3), 30:(0)", "strength_schedule": "0:(0.6)",
    "cfg_scale_schedule": "0:(7.5)", "prompts": {"0": "a fox", "10": "a cat"},
    "color_coherence": "None", "cn_2_enabled": True, "border": "wrap",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    soundfile.write("song.wav", 0.1 * np.sin(np.arange(22050 * 3) * 0.1), 22050)
    (tmp_path / "settings.txt").write_text(json.dumps(SETTINGS))
    return tmp_path


def bring(*arguments):
    command = ["import", "deforum", *arguments]
    return CliRunner().invoke(cli, command, env={"COLUMNS": "200"}, catch_exceptions=False)


def test_the_project_says_where_everything_came_from_and_composes(folder):
    result = bring("settings.txt", "-o", "new/project.toml", "--song", "song.wav")
    assert result.exit_code == 0, result.output
    text = (folder / "new" / "project.toml").read_text()
    project = tomllib.loads(text)
    assert project["song"]["file"] == "../song.wav"
    assert project["video"] == {"width": 320, "height": 192, "fps": 10, "end": "20"}
    assert project["model"]["seed"] == 9
    assert project["model"]["steps"] == 20
    assert project["model"]["guidance_scale"] == 7.5
    assert project["prompts"]["at"] == {"0": "a fox", "10": "a cat"}
    for remark in ("# max_frames", "# strength_schedule: 1 - strength", "# translation_x"):
        assert remark in text
    score = ["compose", "new/project.toml", "-o", "score.csv"]
    assert CliRunner().invoke(cli, score, catch_exceptions=False).exit_code == 0
    assert len((folder / "score.csv").read_text().splitlines()) == 21


def test_what_is_not_carried_stands_on_the_terminal_and_in_the_file(folder):
    result = bring("settings.txt", "-o", "project.toml", "--song", "song.wav")
    text = (folder / "project.toml").read_text()
    for lost in ("color_coherence = 'None'", "cn_2_enabled = True", "border = 'wrap'"):
        assert lost in result.stderr
        assert f"#   - {lost}" in text


def test_a_song_that_ends_before_the_video(folder):
    long = SETTINGS | {"max_frames": 900, "translation_x": "0:(0), 800:(8)"}
    (folder / "settings.txt").write_text(json.dumps(long))
    result = bring("settings.txt", "-o", "project.toml", "--song", "song.wav")
    assert "the song ends before" in result.stderr
    project = tomllib.loads((folder / "project.toml").read_text())
    assert "end" not in project["video"]
    assert project["motion"][0]["translation_x"] == {"0": 0.0, "30": 0.3}
    score = ["compose", "project.toml", "-o", "score.csv"]
    assert CliRunner().invoke(cli, score, catch_exceptions=False).exit_code == 0


def test_without_a_song_it_says_what_to_do(folder):
    result = bring("settings.txt", "-o", "project.toml")
    assert result.exit_code == 0
    assert "--song FILE" in result.stderr


@pytest.mark.parametrize(
    ("content", "arguments", "says"),
    [
        ("{", [], ["not valid JSON"]),
        ("[]", [], ["no Deforum settings file"]),
        ('{"a": 1}', [], ["no Deforum settings file"]),
        (json.dumps(SETTINGS | {"fps": "fast"}), [], ["fps", "fast"]),
        (json.dumps(SETTINGS | {"max_frames": 0}), [], ["max_frames", "1 or more"]),
        (json.dumps(SETTINGS | {"W": "wide"}), [], ["W", "'wide'", "whole number"]),
        (json.dumps(SETTINGS), ["--song", "no.wav"], ["no.wav", "no such file"]),
        (json.dumps(SETTINGS), ["--song", "settings.txt"], ["settings.txt"]),
        (json.dumps(SETTINGS), ["-o", "song.wav"], [".toml"]),
    ],
)
def test_bad_input_is_told(folder, content, arguments, says):
    (folder / "settings.txt").write_text(content)
    result = bring("settings.txt", "-o", "project.toml", *arguments)
    assert result.exit_code == 2, result.output
    for word in says:
        assert word in result.stderr
    assert not (folder / "project.toml").exists()


def test_a_missing_file_and_one_that_is_there(folder):
    assert "cannot be read" in bring("none.txt", "-o", "p.toml").stderr
    (folder / "p.toml").write_text("")
    assert "is there already" in bring("settings.txt", "-o", "p.toml").stderr
