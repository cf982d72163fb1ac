"""`phosphene info` and `render --from`: how a film was made, and making it again."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from phosphene.cli import cli
from phosphene.cli.inputs import projects
from phosphene.film.film import Film
from phosphene.film.record import Record, project_fields, read_record
from phosphene.project.schema import Project
from phosphene.testing import synthetic_song

PROJECT = """# a comment
[song]
file = "song.wav"
[video]
width = 64
height = 64
fps = 4
[model]
name = "none"
[prompts.at]
"0" = "a forest ☃"
[[motion]]
use = "orbit"
period = "1s"
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(projects, "listen_to", lambda *_: synthetic_song(1.0))
    (tmp_path / "p.toml").write_text(PROJECT, encoding="utf-8")
    soundfile.write(tmp_path / "song.wav", 0.1 * np.ones(22050), 22050)
    return tmp_path


def run(*words):
    return CliRunner().invoke(cli, list(words), env={"COLUMNS": "200"})


def done(*words):
    result = run(*words)
    assert result.exit_code == 0, result.output
    return result


def test_a_film_is_made_again_to_the_bit(folder):
    done("render", "p.toml", "--seed", "7", "--fps", "5", "--set", "motion.0.period=2s")
    printed = done("info", "p.mp4").stdout
    assert "model     none, seed 7" in printed
    assert "5 frames painted, 64x64 at 5 fps" in printed
    assert "song.wav (SHA-256 " in printed
    assert 'period = "2s"' in printed
    done("render", "--from", "p.mp4")
    assert Path("p-again.mp4").read_bytes() == Path("p.mp4").read_bytes()


def test_its_project_is_a_project_file(folder, registry):
    done("render", "p.toml")
    Path("q.toml").write_text(done("info", "p.mp4", "--project").stdout, encoding="utf-8")
    old, new = (Project.load(f"{name}.toml", registry) for name in "pq")
    for table in Project.model_fields:
        assert getattr(new, table) == getattr(old, table)


def test_options_change_the_film_that_is_made_again(folder):
    done("render", "p.toml")
    done("render", "--from", "p.mp4", "--seed", "8", "--size", "32x32", "-o", "q.mp4")
    record = read_record(Path("q.mp4"))
    assert (record.seed, record.width, record.fps) == (8, 32, "4")


def test_the_song_may_be_elsewhere(folder):
    done("render", "p.toml")
    Path("song.wav").rename("moved.wav")
    missing = run("render", "--from", "p.mp4")
    assert missing.exit_code == 2
    assert "the song of the film is missing" in missing.stderr
    assert "is not the song" not in done("render", "--from", "p.mp4", "moved.wav").stderr
    soundfile.write("moved.wav", 0.2 * np.ones(22050), 22050)
    other = done("render", "--from", "p.mp4", "moved.wav")
    assert "moved.wav is not the song of the film, song.wav" in other.stderr


def test_metadata_can_be_omitted(folder):
    done("render", "p.toml", "--set", "video.metadata=false")
    refused = run("info", "p.mp4")
    assert refused.exit_code == 2
    assert "has no record of how it was made" in refused.stderr


def stranger(text, **more):
    """A film whose record another program wrote."""
    record = Record(phosphene="9", song="song.wav", **project_fields(text), **more)
    with Film(Path("s.mp4"), 64, 64, 4, record=record) as film:
        film.write(np.zeros((64, 64, 3), np.uint8))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("[song", "not valid TOML"), ("[video]\nwidth = 3\n", "video.width"),
     ("song = 3\n", "song"), ('[song]\nfile = "a.wav"\n[[motion]]\nuse = "evil"\n', "unknown modulator"),
     ("a = " + "[" * 40, "nested more than")],
)  # fmt: skip
def test_the_project_of_a_film_is_validated(folder, text, expected):
    stranger(text)
    refused = run("render", "--from", "s.mp4", "song.wav")
    assert refused.exit_code == 2
    assert expected in refused.stderr


def test_plugins_of_a_film_are_named_and_never_loaded_beside_it(folder):
    (folder / "plugins").mkdir()
    (folder / "plugins" / "evil.py").write_text("open('done', 'w')")
    text = f'requires = ["phosphene-evil"]\n{PROJECT}'
    stranger(text, plugins={"phosphene-evil": "6.6"})
    printed = done("render", "--from", "s.mp4").stderr
    assert "made with the plugin phosphene-evil 6.6; it is not installed" in printed
    assert not Path("done").exists()


def test_a_loop_is_made_again_by_its_own_command(folder):
    stranger(PROJECT, command="loop")
    refused = run("render", "--from", "s.mp4")
    assert refused.exit_code == 2
    assert "phosphene loop project.toml" in refused.stderr


def test_a_film_is_not_overwritten_by_itself(folder):
    stranger(PROJECT)
    assert "would overwrite it" in run("render", "--from", "s.mp4", "-o", "s.mp4").stderr


@pytest.mark.parametrize("words", [(), ("--from", "x.mp4", "--idea", "a sea")])
def test_wrong_calls_are_explained(folder, words):
    assert run("render", *words).exit_code == 2
