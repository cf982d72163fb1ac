"""An input is never an output, and no foreign file is replaced without --force."""

import os
import shutil

import pytest
from click.testing import CliRunner
from small_film import write_noise

from phosphene.cli import cli
from phosphene.cli.inputs import projects
from phosphene.testing import synthetic_song


@pytest.fixture(scope="module")
def song():
    return synthetic_song(2.0)


@pytest.fixture
def folder(tmp_path, monkeypatch, song):
    """A project with a song, beats, a first picture and a plugin, and what they contain."""
    monkeypatch.chdir(tmp_path)
    write_noise(tmp_path / "s.wav", 2.0)
    (tmp_path / "b.json").write_text('{"annotations": []}')
    (tmp_path / "i.png").write_bytes(b"picture")
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "p.py").write_text("")
    (tmp_path / "p.toml").write_text(
        '[song]\nfile = "s.wav"\nbeats = "b.json"\n[video]\nimage = "i.png"\nwidth = 64\n'
        'height = 64\nfps = 4\n[model]\nname = "none"\n'
    )
    os.symlink("s.wav", "linked.wav")
    os.link("s.wav", "twin.json")
    monkeypatch.setattr(projects, "listen_to", lambda *_: song)
    return tmp_path


@pytest.mark.parametrize(
    "line",
    ["listen s.wav --json s.wav", "listen s.wav --json ./plugins/../s.wav",
     "listen s.wav --json linked.wav", "listen s.wav --json twin.json",
     "listen linked.wav --json s.wav", "listen s.wav --clicks s.wav",
     "listen p.toml --json p.toml", "listen p.toml --json b.json", "listen p.toml --plot i.png",
     "listen p.toml --json plugins/p.py", "listen s.wav --json x.wav --clicks x.wav",
     "compose p.toml -o b.json", "plot p.toml -o i.png", "new s.wav -o s.wav",
     "import deforum p.toml -o p.toml", "import deforum b.json --song s.wav -o p.toml",
     "compose p.toml -o plugins.csv/../b.json", "render s.wav -o p.toml",
     "listen s.wav --json plugins"],
)  # fmt: skip
def test_an_input_is_never_an_output(folder, line):
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    printed = CliRunner().invoke(cli, line.split())
    assert printed.exit_code == 2, printed.output
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("ending", ["mp4", "mov", "mkv", "webm", "gif"])
def test_a_film_does_not_replace_foreign_files(folder, ending):
    film = folder / f"s.{ending}"
    film.write_bytes(b"home video")
    line = ["render", "s.wav", "--model", "none", "--size", "64x64", "--fps", "4", "-o", film.name]
    printed = CliRunner().invoke(cli, line)
    assert printed.exit_code == 2
    assert "was not made by Phosphene" in printed.stderr
    assert "--force" in printed.stderr
    assert film.read_bytes() == b"home video"
    assert CliRunner().invoke(cli, [*line, "--force"]).exit_code == 0
    once = film.read_bytes()
    assert once != b"home video"
    assert CliRunner().invoke(cli, line).exit_code == 0  # its own is replaced
    assert film.read_bytes() == once
    assert not list(folder.glob(f".s.{ending}*"))


def test_a_song_that_is_a_video_is_not_replaced_by_its_film(folder):
    shutil.copy("s.wav", "s.mp4")
    before = (folder / "s.mp4").read_bytes()
    for more in ([], ["--force"]):
        printed = CliRunner().invoke(cli, ["render", "s.mp4", "--model", "none", *more])
        assert printed.exit_code == 2
        assert "is the input" in printed.stderr
        assert (folder / "s.mp4").read_bytes() == before
