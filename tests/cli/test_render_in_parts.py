"""`phosphene render --jobs` paints the scenes of one film in processes of their own."""

import pytest
from click.testing import CliRunner
from small_film import PROJECT, write_noise

from phosphene.cli import cli
from phosphene.film.film import beside
from phosphene.film.parts import ENDING

CUTS = '[[scene]]\nat = "0.4s"\n[[scene]]\nat = "0.8s"\n'


@pytest.fixture
def folder(tmp_path):
    write_noise(tmp_path / "song.wav", 1.2)
    (tmp_path / "cuts.toml").write_text(PROJECT + CUTS)
    (tmp_path / "still.toml").write_text(PROJECT)
    return tmp_path


def render(folder, project, film, *more):
    arguments = ["render", str(folder / project), "-o", str(folder / film), *more]
    return CliRunner().invoke(cli, arguments)


def test_the_film_is_the_same_and_nothing_is_left(folder):
    assert render(folder, "cuts.toml", "one.mp4").exit_code == 0
    begun = render(folder, "cuts.toml", "two.mp4", "--part", "1")
    assert begun.exit_code == 0
    assert len(list(beside(folder / "two.mp4", ENDING).glob("part-001-*.mp4"))) == 1
    result = render(folder, "cuts.toml", "two.mp4", "--jobs", "2")
    assert result.exit_code == 0, result.output
    assert (folder / "two.mp4").read_bytes() == (folder / "one.mp4").read_bytes()
    assert not beside(folder / "two.mp4", ENDING).exists()


def test_a_film_that_was_begun_in_parts_is_completed_in_parts(folder):
    for number in "012":
        assert render(folder, "cuts.toml", "film.mp4", "--part", number).exit_code == 0
    result = render(folder, "cuts.toml", "film.mp4")
    assert result.exit_code == 0, result.output
    assert "Painting" not in result.output
    assert not beside(folder / "film.mp4", ENDING).exists()


def test_a_film_without_cuts_is_painted_by_one_process(folder):
    result = render(folder, "still.toml", "film.mp4", "--jobs", "2")
    assert result.exit_code == 0
    assert "It has no cuts" in result.output


@pytest.mark.parametrize("more", [["--keep"], ["--resume-from", "50%"], ["--takes", "2"]])
def test_what_needs_one_process_is_refused(folder, more):
    result = render(folder, "cuts.toml", "film.mp4", "--jobs", "2", *more)
    assert result.exit_code == 2
    assert "--jobs paints the scenes of one new video" in result.output
    assert not (folder / "film.mp4").exists()
