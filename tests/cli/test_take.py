"""`phosphene render --takes`, and `phosphene take`, which changes one number of a project."""

from dataclasses import replace

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from phosphene.cli import cli
from phosphene.cli.inputs import projects
from phosphene.cli.inputs import registry as loading
from phosphene.directors import DirectorSpec
from phosphene.rendering import takes
from phosphene.testing import synthetic_song

PROJECT = """# My film
[song]
file = "song.wav"  # the demo

[model]
name = "none"   # a preview
seed = 7        # the first one

[[motion]]
look = "pulse"
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(projects, "listen_to", lambda *_: synthetic_song(8.0))
    monkeypatch.setattr("phosphene.rendering.render.preflight", lambda *_: None)
    soundfile.write("song.wav", [[0.0]] * 8 * 22050, 22050)
    (tmp_path / "p.toml").write_text(PROJECT)
    return lambda *words: CliRunner().invoke(cli, words, env={"COLUMNS": "200"})


def test_only_the_seed_changes(run, tmp_path):
    for _ in range(2):
        told = run("take", "p.toml", "2042")
        assert told.exit_code == 0
        assert (tmp_path / "p.toml").read_text() == PROJECT.replace("seed = 7", "seed = 2042")
    assert "seed 2042 instead of 2042" in told.output


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('[song]\r\nfile = "s"\r\n[model]\r\nseed = 1\r\n',
         '[song]\r\nfile = "s"\r\n[model]\r\nseed = 5\r\n'),
        ('\ufeff[song]\nfile = "s"\n[model]\nseed = 1\n',
         '\ufeff[song]\nfile = "s"\n[model]\nseed = 5\n'),
        ('model.seed = 1\n[song]\nfile = "s"\n', 'model.seed = 5\n[song]\nfile = "s"\n'),
    ],
)  # fmt: skip
def test_the_notation_stays(run, tmp_path, before, after):
    path = tmp_path / "q.toml"
    path.write_bytes(before.encode())
    assert run("take", "q.toml", "5").exit_code == 0
    assert path.read_bytes().decode() == after


def test_a_project_without_a_model_gets_one(run, tmp_path):
    (tmp_path / "q.toml").write_text('[song]\nfile = "s"  # mine\n')
    assert run("take", "q.toml", "5").exit_code == 0
    text = (tmp_path / "q.toml").read_text()
    assert text.startswith('[song]\nfile = "s"  # mine\n')
    assert "[model]\nseed = 5" in text


def test_takes_are_one_film(run, tmp_path, decode_frames):
    told = run("render", "p.toml", "--takes", "3", "--bars", "2:3", "--size", "64x48")
    assert told.exit_code == 0, told.output
    assert "3 takes of 30 frames" in told.output
    assert decode_frames(tmp_path / "p-takes.mp4").shape[0] == 30
    assert "phosphene take p.toml 2007" in told.output


def test_takes_of_a_song_are_directed_with_other_seeds(run, tmp_path, decode_frames):
    words = ("--takes", "2", "--idea", "the sea", "--seed", "5", "--bars", "2:3", "--model", "none")
    told = run("render", "song.wav", *words, "--size", "64x64", "--fps", "6")
    assert told.exit_code == 0, told.output
    assert "phosphene new song.wav --idea 'the sea' --director form --seed 1005" in told.output
    frames = decode_frames(tmp_path / "song-takes.mp4")
    assert len(frames) == 12
    left, right = frames[:, 4:68, 4:68], frames[:, 4:68, 76:140]
    assert np.abs(left.astype(int) - right).mean() > 5.0


def test_takes_of_a_song_go_round_the_directors(run, monkeypatch):
    text = "[video]\nfps = 6\nwidth = 64\nheight = 64\n[[motion]]\nlook = 'pulse'\n"
    plain = DirectorSpec("plain", "", lambda song, brief: text + f"[model]\nseed = {brief.seed}\n")
    registry = loading.registry_for()
    registry = replace(registry, directors={**registry.directors, "plain": plain})
    monkeypatch.setattr(loading, "registry_for", lambda *_: registry)
    filmed = []
    monkeypatch.setattr(takes, "film_takes", lambda made, *_: filmed.extend(made))
    words = ("--takes", "3", "--seed", "5", "--bars", "2:3", "--model", "none")
    told = run("render", "song.wav", *words)
    assert told.exit_code == 0, told.output
    assert [take.label for take in filmed] == ["form, seed 5", "plain, seed 5", "form, seed 1005"]
    assert len({take.score.width for take in filmed}) == 1


SEEDED = ["--set", 'scene=[{at="0",seed=1}]']
MISTAKES = [
    (["take", "none.toml", "1"], "no such project file"),
    (["take", "p.toml", "-1"], "-1"),
    (["take", "p.toml", "three"], "three"),
    (["render", "song.wav", "--takes", "2", "--director", "fom"], "unknown director 'fom'"),
    (["render", "p.toml", "--takes", "1"], "--takes"),
    (["render", "p.toml", "--takes", "2", "--keep"], "cannot resume"),
    (["render", "p.toml", "--takes", "2", "--progress", "json"], "Remove --progress json"),
    (["render", "p.toml", "--takes", "2", *SEEDED], "all takes would be equal"),
    (["render", "p.toml", "--bars", "1:2", "--end", "1s"], "Remove --start and --end"),
]


@pytest.mark.parametrize(("words", "message"), MISTAKES)
def test_a_mistake_is_named(run, tmp_path, words, message):
    before = sorted(path.name for path in tmp_path.iterdir())
    told = run(*words)
    assert told.exit_code == 2
    assert message in told.output
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert (tmp_path / "p.toml").read_text() == PROJECT
