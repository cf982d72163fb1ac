"""`phosphene new` and `phosphene render` of songs: ideas, directors, and what is written where."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from phosphene.cli import cli

SMALL = ("--model", "none", "--size", "64x64", "--fps", "2", "--end", "3s")


@pytest.fixture
def song(tmp_path, monkeypatch):
    """Eight seconds with a beat every half second."""
    monkeypatch.chdir(tmp_path)
    sound = np.zeros(8 * 22050)
    for beat in np.arange(0.0, 8.0, 0.5):
        sound[round(beat * 22050) :][:400] += np.sin(np.arange(400) * 0.4)
    soundfile.write("song.wav", 0.5 * sound, 22050)
    return Path("song.wav")


def run(*words, code=0):
    result = CliRunner().invoke(cli, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.output


def test_new_writes_the_same_project_every_time(song):
    run("new", song, "--idea", "the sea at night")
    text = Path("song.toml").read_text()
    assert text.splitlines()[1:5] == ["# Idea: the sea at night", "", "[song]", 'file = "song.wav"']
    run("new", song, "--idea", "the sea at night", "-o", "again.toml")
    assert Path("again.toml").read_text() == text
    run("new", song, "--idea", "the sea at night", "--seed", "3", "-o", "other.toml")
    assert "seed = 3" in Path("other.toml").read_text()
    run("compose", "song.toml", "-o", "score.csv")


def test_render_writes_the_project_beside_the_film_and_never_over_another(song, decode_frames):
    idea = ("--idea", "the sea at night")
    assert "The project of this video is out/a.toml" in run(
        "render", song, *idea, "-o", "out/a.mp4", *SMALL
    )
    text = Path("out/a.toml").read_text()
    assert 'file = "../song.wav"' in text
    assert 'name = "worlds"' in text  # the preview is of a film that is painted
    run("render", "out/a.toml", "-o", "out/b.mp4", *SMALL)
    films = [decode_frames(Path(f"out/{name}.mp4")) for name in "ab"]
    np.testing.assert_array_equal(*films)

    assert "out/a.toml" in run("render", song, *idea, "-o", "out/a.mp4", *SMALL)
    edited = text.replace("night", "noon")
    Path("out/a.toml").write_text(edited)
    for _ in range(2):
        assert "is out/a-2.toml" in run("render", song, *idea, "-o", "out/a.mp4", *SMALL)
    assert Path("out/a.toml").read_text() == edited
    assert Path("out/a-2.toml").read_text() == text
    assert "is out/a-3.toml" in run("render", song, "--idea", "fire", "-o", "out/a.mp4", *SMALL)


def test_render_without_an_idea_writes_the_film_alone(song):
    run("render", song, *SMALL)
    assert sorted(path.name for path in Path().glob("*.*") if path.is_file()) == [
        "song.mp4",
        "song.wav",
    ]


def test_options_change_what_was_directed(song):
    told = run("compose", song, "--set", "motion.0.strength=0.4", "--explain", "5")
    assert "0.4" in told
    run("compose", song, "--prompt", "fire", "--fps", "1", "-o", "score.json")
    assert json.loads(Path("score.json").read_text())["prompts"] == ["fire"]


def test_corrected_sections_are_directed_and_written_into_the_project(song):
    Path("names.txt").write_text("0 verse\n4 drop\n")
    corrected = ("--set", "song.sections=names.txt", "-o", "out/a.mp4")
    run("render", song, "--idea", "the sea at night", *corrected, *SMALL)
    text = Path("out/a.toml").read_text()
    assert 'sections = "../names.txt"' in text
    assert 'at = "drop"' in text
    run("new", "out/a.toml", "--idea", "the sea at night")
    assert Path("out/a-2.toml").read_text() == text
    run("new", "out/a.toml", "--idea", "the sea at night", "-o", "again.toml")
    assert Path("again.toml").read_text() == text.replace("../", "")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("render", "song.wav", "--director", "fom"), "unknown director 'fom'"),
        (("new", "song.wav", "--director", "fom"), "unknown director 'fom'"),
        (("new", "song.wav", "--model", "wrlds"), "unknown model 'wrlds'"),
        (("new", "q.toml"), "q.toml: no such project file"),
        (("render", "song.wav", "--idea", "x" * 501), "the idea has 501 characters"),
        (("render", "p.toml", "--idea", "x"), "--idea is for songs, and p.toml is a project"),
        (("compose", "song.wav", "-o", "s.csv", "--set", "motion.99.release=1s"), "no entry '99'"),
    ],
)  # fmt: skip
def test_mistakes_are_named(song, words, expected):
    Path("p.toml").write_text('[song]\nfile = "song.wav"\n')
    output = run(*words, code=2)
    assert expected in " ".join(output.split())
    assert "Fix:" in output
