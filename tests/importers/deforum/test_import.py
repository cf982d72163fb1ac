"""The command `phosphene import deforum`."""

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


def run_import(*arguments):
    command = ["import", "deforum", *arguments]
    return CliRunner().invoke(cli, command, env={"COLUMNS": "200"}, catch_exceptions=False)


def test_the_project_composes_and_has_the_origin_of_each_entry(folder):
    result = run_import("settings.txt", "-o", "new/project.toml", "--song", "song.wav")
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


def test_entries_not_imported_are_printed_and_written(folder):
    result = run_import("settings.txt", "-o", "project.toml", "--song", "song.wav")
    text = (folder / "project.toml").read_text()
    for lost in ("color_coherence = 'None'", "cn_2_enabled = True", "border = 'wrap'"):
        assert lost in result.stderr
        assert f"#   - {lost}" in text


def test_a_song_that_ends_before_the_video(folder):
    long = SETTINGS | {"max_frames": 900, "translation_x": "0:(0), 800:(8)"}
    (folder / "settings.txt").write_text(json.dumps(long))
    result = run_import("settings.txt", "-o", "project.toml", "--song", "song.wav")
    assert "the song ends earlier" in result.stderr
    project = tomllib.loads((folder / "project.toml").read_text())
    assert "end" not in project["video"]
    assert project["motion"][0]["translation_x"] == {"0": 0.0, "30": 0.3}
    score = ["compose", "project.toml", "-o", "score.csv"]
    assert CliRunner().invoke(cli, score, catch_exceptions=False).exit_code == 0


def test_a_missing_song_is_a_warning_with_the_option(folder):
    result = run_import("settings.txt", "-o", "project.toml")
    assert result.exit_code == 0
    assert "--song FILE" in result.stderr


@pytest.mark.parametrize(
    ("content", "arguments", "words"),
    [
        ("{", [], ["not valid JSON"]),
        ("[]", [], ["not a Deforum settings file"]),
        ('{"a": 1}', [], ["not a Deforum settings file"]),
        (json.dumps(SETTINGS | {"fps": "fast"}), [], ["fps", "fast"]),
        (json.dumps(SETTINGS | {"max_frames": 0}), [], ["max_frames", "1 or more"]),
        (json.dumps(SETTINGS | {"W": "wide"}), [], ["W", "'wide'", "integer"]),
        (json.dumps(SETTINGS), ["--song", "no.wav"], ["no.wav", "no such file"]),
        (json.dumps(SETTINGS), ["--song", "settings.txt"], ["settings.txt"]),
        (json.dumps(SETTINGS), ["-o", "song.wav"], [".toml"]),
    ],
)
def test_invalid_input_is_an_error(folder, content, arguments, words):
    (folder / "settings.txt").write_text(content)
    result = run_import("settings.txt", "-o", "project.toml", *arguments)
    assert result.exit_code == 2, result.output
    for word in words:
        assert word in result.stderr
    assert not (folder / "project.toml").exists()


def test_a_missing_input_and_an_existing_output(folder):
    assert "cannot be read" in run_import("none.txt", "-o", "p.toml").stderr
    (folder / "p.toml").write_text("")
    assert "exists already" in run_import("settings.txt", "-o", "p.toml").stderr


BARE = {
    "W": 64, "H": 64, "fps": 15, "max_frames": 30, "animation_mode": "2D", "seed": 7,
    "strength_schedule": "0:(0.5)", "prompts": {"0": "a forest"},
}  # fmt: skip


def composed(folder, *options, **entries):
    """Import settings and compose them: the exit code, stderr, and the score as an array."""
    (folder / "settings.txt").write_text(json.dumps(BARE | entries))
    (folder / "project.toml").unlink(missing_ok=True)
    assert run_import("settings.txt", "-o", "project.toml", "--song", "song.wav").exit_code == 0
    command = ["compose", "project.toml", "-o", "score.csv", *options]
    result = CliRunner().invoke(cli, command, catch_exceptions=False)
    if result.exit_code:
        return result.exit_code, result.stderr, None
    return 0, result.stderr, np.genfromtxt("score.csv", delimiter=",", names=True)


def test_a_high_power_of_a_small_base(folder):
    schedule = "0:(-0.06*(cos(3.141*t/15)**100)+0.06)"
    code, _, score = composed(folder, noise_schedule=schedule)
    assert code == 0
    frames = np.arange(30)
    expected = 0.36 * (-0.06 * np.cos(3.141 * frames / 15) ** 100 + 0.06)
    np.testing.assert_allclose(score["noise"], expected, atol=1e-12)
    np.testing.assert_allclose(score["noise"][[0, 7]], [0.0, 0.0216], atol=1e-6)


def test_a_formula_is_checked_in_the_frames_of_the_film(folder):
    schedule = "0:(10*sqrt(max_f-t))"  # the song has 45 frames, the film 30
    code, _, score = composed(folder, translation_x=schedule)
    assert code == 0
    np.testing.assert_allclose(score["translation_x"], 10 * np.sqrt(29.0 - np.arange(30)))
    code, _, score = composed(folder, "--start", "5", "--end", "20", translation_x="0:(1/t)")
    assert code == 0
    np.testing.assert_allclose(score["translation_x"], 0.0)  # not imported
    code, message, _ = composed(folder, "--end", "100%", translation_x=schedule)
    assert code == 2
    assert "translation_x" in message
    assert "nan at frame 30" in message


def test_an_unsupported_channel_is_a_warning_or_an_error_with_strict(folder):
    composed(folder, cfg_scale_schedule="0:(5), 15:(9)")
    command = ["render", "project.toml", "--model", "none", "--end", "2", "-o", "film.mp4"]
    result = CliRunner().invoke(cli, command, env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    assert "motion drives guidance, which the model 'none' does not support" in result.stderr
    result = CliRunner().invoke(cli, [*command, "--strict"], env={"COLUMNS": "200"})
    assert result.exit_code == 2
    assert "Error: motion drives guidance" in result.stderr


def test_assumed_defaults_are_printed_and_written(folder):
    without = {key: value for key, value in BARE.items() if key not in ("fps", "W")}
    (folder / "settings.txt").write_text(json.dumps(without))
    result = run_import("settings.txt", "-o", "project.toml", "--song", "song.wav")
    assert "not in settings.txt, and assumed: W = 512, fps = 15" in result.stderr
    text = (folder / "project.toml").read_text()
    assert "#   - fps = 15\n" in text
    assert "# fps (not in the file: Deforum's default)" in text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"max_frames": 5, "zoom": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deep"),
        ('{"max_frames": ' + "9" * 5000 + "}", "got inf: expected an integer"),
        ('{"max_frames": 1e400}', "got inf: expected an integer"),
        ('{"max_frames": 5, "W": NaN}', "W: got nan"),
        ('{"max_frames": 5, "fps": "1e99999999"}', "fps: got '1e99999999'"),
        ('{"max_frames": 5, "prompts": "[[[["}', "not valid JSON"),
    ],
)
def test_malformed_files_are_an_error(folder, text, message):
    (folder / "settings.txt").write_text(text)
    result = run_import("settings.txt", "-o", "project.toml", "--song", "song.wav")
    assert result.exit_code == 2, result.output
    assert message in result.stderr


@pytest.mark.parametrize(
    "entries",
    [
        {"seed": 10**300}, {"max_frames": 10**19, "zoom": "0:(1+0.01*sin(t))"},
        {"prompts": {"0": "a \ud800 b"}, "\udc00": 1}, {"cfg_scale_schedule": "0:(log(-1))"},
        {"prompts": {"0\n\x00": "a", "1": "b\x00\x1b[31m\x85\x7f"}, "k\n[x]\ny = 1": "v\n"},
        {"zoom": "0:(" + "arctanh(" * 24 + "t/999" + ")" * 24 + ")"},
        {"zoom": "0:(1e308)", "translation_x": "0:(1e308*t)"},
        {"add_soundtrack": "File", "soundtrack_path": "x" * 5000}, {"diffusion_cadence": 10**30},
        {"prompts": {"0": "(" * 20_000}}, {"zoom": ",".join(f"{k}:(t)" for k in range(1500))},
        {"steps": 0.5, "diffusion_cadence": [1], "noise_type": {}, "noise_schedule": True},
    ],
    ids=lambda entries: next(iter(entries)).encode("unicode_escape").decode()[:20],
)  # fmt: skip
def test_a_malformed_entry_does_not_affect_the_others(folder, entries):
    code, message, score = composed(folder, **entries)
    assert code == 0, message
    assert np.all(np.isfinite(score["zoom"]))
