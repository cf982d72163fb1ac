import os
import tomllib
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

import phosphene
from phosphene.directing.direct import beside, brief_of, directed
from phosphene.directing.director import FORM
from phosphene.directors import Brief, DirectorSpec
from phosphene.errors import ProjectError
from phosphene.testing import synthetic_song

SONG = synthetic_song(20.0)


def said(text):
    return DirectorSpec("said", "", lambda song, brief: text)


def test_direct_from_python(pop):
    project = phosphene.direct(pop, "the sea at night", seed=1)
    assert project.model.seed == 1
    assert len(phosphene.compose(project, pop)) == 224 * 12


def test_the_seed_follows_from_the_sound_and_the_idea():
    other = replace(SONG, samples=SONG.samples + np.float32(0.1))
    seeds = [
        brief_of(song, idea, None, "worlds").seed
        for song, idea in ((SONG, "a"), (SONG, "b"), (other, "a"), (SONG, ""))
    ]
    assert len(set(seeds)) == 4
    assert (
        brief_of(SONG, " A\n", None, "worlds").seed == seeds[0]
    )  # as case and spaces do not count
    assert brief_of(SONG, "a", 7, "worlds") == Brief("a", 7, "worlds")


def test_the_seed_needs_no_copy_of_the_song():
    long = replace(SONG, samples=np.zeros(1_000_000, np.float32))
    tracemalloc.start()
    brief_of(long, "a", None, "worlds")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 100_000  # bytes


def test_unknown_directors_and_long_ideas_are_refused():
    with pytest.raises(ProjectError, match="unknown director 'fom'") as caught:
        phosphene.direct(SONG, director="fom")
    assert "Did you mean 'form'" in caught.value.fix
    with pytest.raises(ProjectError, match="the idea has 501 characters"):
        phosphene.direct(SONG, "x" * 501)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# a\n[video]\nfps = 9\n", '# a\n[song]\nfile = "s.wav"\n\n[video]\nfps = 9\n\n[model]\nname = "sd15"\n'),
        ("requires = [\n[] ]\n", 'requires = [\n[] ]\n\n[song]\nfile = "s.wav"\n\n[model]\nname = "sd15"\n'),
        ("[song]\nbpm = 90\n[model]\nname = 'x'\n", "[song]\nbpm = 90\nfile = \"s.wav\"\n[model]\nname = 'x'\n"),
        ('[prompts]\nstyle = """\n[a]"""\n', '[song]\nfile = "s.wav"\n\n[prompts]\nstyle = """\n[a]"""\n\n[model]\nname = "sd15"\n'),
    ],
)  # fmt: skip
def test_song_and_model_are_added_where_they_are_missing(text, expected):
    made = directed(said(text), SONG, Brief("", 0, "sd15"), {"file": "s.wav"})
    assert tomllib.loads(made) == tomllib.loads(expected)
    assert made.replace("\n\n", "\n") == expected.replace("\n\n", "\n")


def test_a_name_with_quotes_and_line_ends_is_kept():
    name = 'a "b"\\\n\x7f.wav'
    assert tomllib.loads(directed(FORM, SONG, Brief("", 0), {"file": name}))["song"]["file"] == name


@pytest.mark.parametrize("text", ["", "[song]\nmetre = 3\n"])
def test_the_corrections_of_the_song_are_added_to_the_last_digit(text):
    entries = {"file": "s.wav", "bpm": 128.123456, "sections": {"bar 1": "intro", "0:09": 'a "b"'}}
    song = tomllib.loads(directed(said(text), SONG, Brief("", 0), entries))["song"]
    assert song == entries | ({"metre": 3} if text else {})


def test_the_path_of_the_song_is_relative_to_the_project(tmp_path):
    assert beside(tmp_path / "songs" / "a.mp3", tmp_path / "films" / "b.toml") == "../songs/a.mp3"


def test_the_path_of_the_song_leads_out_of_a_linked_folder(tmp_path):
    (tmp_path / "disk" / "films").mkdir(parents=True)
    (tmp_path / "films").symlink_to("disk/films")
    (tmp_path / "a.mp3").touch()
    project = tmp_path / "films" / "b.toml"
    assert (project.parent / beside(tmp_path / "a.mp3", project)).exists()
    assert beside(tmp_path / "films" / "a.mp3", project) == "a.mp3"
    assert beside(tmp_path / "films" / "a.mp3", tmp_path / "b.toml") == "films/a.mp3"


def test_the_path_of_a_song_on_another_drive_is_absolute(tmp_path, monkeypatch):
    def other_drive(path, start):
        raise ValueError(f"path is on mount 'D:', start on mount 'C:': {path} {start}")

    monkeypatch.setattr(os.path, "relpath", other_drive)
    assert beside(tmp_path / "a.mp3", tmp_path / "b.toml") == str(tmp_path / "a.mp3")
