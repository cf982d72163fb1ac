"""Copies of films at URLs, on the memory and the local file system of fsspec."""

import fsspec
import pytest
from fsspec.implementations.local import LocalFileSystem
from fsspec.implementations.memory import MemoryFileSystem

from phosphene.batch.remote import Remote
from phosphene.errors import FilmError, ProjectError

MADE = b"...Made with Phosphene..."


@pytest.fixture(params=["memory", "file"])
def url(request, tmp_path):
    MemoryFileSystem.store.clear()
    MemoryFileSystem.pseudo_dirs[:] = [""]
    return "memory://album/films" if request.param == "memory" else f"file://{tmp_path}/there"


@pytest.fixture
def film(tmp_path):
    path = tmp_path / "a b.mp4"
    path.write_bytes(MADE + bytes(100_000))
    return path


def listed(url):
    fs, root = fsspec.url_to_fs(url)
    return sorted(name.rpartition("/")[2] for name in fs.find(root))


def content(url):
    with fsspec.open(url, "rb") as file:
        return file.read()


def test_a_trial_leaves_nothing(url):
    Remote(url)
    assert listed(url) == []


def test_a_film_is_copied_and_replaced(url, film):
    remote = Remote(f"{url}/")
    remote.copy(film)
    assert content(f"{url}/a b.mp4") == film.read_bytes()
    remote.require_replaceable(film.name)
    film.write_bytes(MADE + b"changed")
    remote.copy(film)
    assert content(f"{url}/a b.mp4") == film.read_bytes()
    assert listed(url) == ["a b.mp4"]


def test_a_film_that_is_there_is_not_copied_again(url, film, monkeypatch):
    remote = Remote(url)
    remote.copy(film)
    for kind in (MemoryFileSystem, LocalFileSystem):
        monkeypatch.setattr(kind, "put_file", None)
    remote.copy(film)
    film.write_bytes(film.read_bytes()[:-1] + b"x")  # as long, but not the same
    with pytest.raises(FilmError, match="cannot be copied"):
        remote.copy(film)


def test_a_copy_that_fails_leaves_nothing_under_the_name_of_the_film(url, film, monkeypatch):
    def half(self, source, place, **options):
        self.pipe_file(place, film.read_bytes()[:1000])
        raise OSError(28, "No space left on device")

    remote = Remote(url)
    for kind in (MemoryFileSystem, LocalFileSystem):
        monkeypatch.setattr(kind, "put_file", half)
    with pytest.raises(FilmError) as error:
        remote.copy(film)
    assert f"{film} is complete, but cannot be copied to {url}" in str(error.value)
    assert "No space left on device" in str(error.value)
    assert listed(url) == []


def test_a_copy_that_is_incomplete_is_an_error(url, film, monkeypatch):
    def half(self, source, place, **options):
        self.pipe_file(place, film.read_bytes()[:1000])

    remote = Remote(url)
    for kind in (MemoryFileSystem, LocalFileSystem):
        monkeypatch.setattr(kind, "put_file", half)
    with pytest.raises(FilmError, match="the copy is incomplete"):
        remote.copy(film)
    assert listed(url) == []


def test_the_file_of_another_program_is_not_replaced(url):
    remote = Remote(url)
    fs, root = fsspec.url_to_fs(url)
    fs.pipe_file(f"{root}/a.mp4", b"a holiday")
    with pytest.raises(ProjectError, match=r"a\.mp4 already exists and was not made by Phosphene"):
        remote.require_replaceable("a.mp4")
    remote.require_replaceable("b.mp4")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("films", "expected a URL"),
        ("nowhere://films", "Protocol not known: nowhere"),
    ],
)
def test_impossible_urls_are_refused_before_any_work(url, expected):
    with pytest.raises(ProjectError) as error:
        Remote(url)
    assert str(error.value).startswith(f"--to {url}: ")
    assert expected in str(error.value)


def test_a_package_that_is_missing_is_named():
    fsspec.register_implementation("absent", "absent_package.Files", errtxt="Install absentfs")
    with pytest.raises(ProjectError, match="--to absent://films: Install absentfs"):
        Remote("absent://films")


def test_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ProjectError, match="the folder cannot be written"):
        Remote(f"file://{tmp_path}/file/films")
