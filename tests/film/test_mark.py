"""Which files a film may replace."""

from fractions import Fraction

import pytest

from phosphene.errors import ProjectError
from phosphene.film import mark
from phosphene.film.formats import FORMATS
from phosphene.film.mark import is_ours, require_replaceable


@pytest.fixture(params=FORMATS)
def film(request, tmp_path, frames, shoot):
    return shoot(tmp_path / f"film{request.param}", frames(2), Fraction(10))


def test_a_film_made_by_phosphene_is_recognised(film):
    assert is_ours(film)
    require_replaceable(film, force=False)


def test_the_same_film_by_another_program_is_not(film, convert):
    other = convert(film, film.with_name(f"other{film.suffix}"), "-map_metadata", "-1")
    assert not is_ours(other)
    with pytest.raises(ProjectError, match="was not made by Phosphene") as caught:
        require_replaceable(other, force=False)
    assert "--force" in caught.value.fix
    require_replaceable(other, force=True)


def test_the_mark_of_a_gif_is_a_comment_and_nothing_else(tmp_path, frames, shoot, decode_frames):
    film = shoot(tmp_path / "film.gif", frames(3), Fraction(10))
    content = film.read_bytes()
    assert content.endswith(b"\x21\xfe\x13Made with Phosphene\x00;")
    assert len(decode_frames(film)) == 3
    mark.stamp(tmp_path / "film.gif")
    assert content.count(b"Made with") == 1


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"a letter", b"Made with Phosphene"])
def test_foreign_files_are_not_replaced(tmp_path, content):
    (tmp_path / "film.mp4").write_bytes(content)
    with pytest.raises(ProjectError, match="was not made by Phosphene"):
        require_replaceable(tmp_path / "film.mp4", force=False)


def test_folders_and_pipes_are_never_replaced(tmp_path):
    import os

    (tmp_path / "a.mp4").mkdir()
    os.mkfifo(tmp_path / "b.mp4")
    for name, said in (("a.mp4", "is a folder"), ("b.mp4", "is a device or a pipe")):
        with pytest.raises(ProjectError, match=said):
            require_replaceable(tmp_path / name, force=True)


def test_a_name_that_is_free_is_free(tmp_path):
    require_replaceable(tmp_path / "film.mp4", force=False)
    (tmp_path / "link.mp4").symlink_to("nowhere")
    require_replaceable(tmp_path / "link.mp4", force=False)
