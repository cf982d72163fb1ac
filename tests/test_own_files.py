"""Folders that a stranger may have prepared: nothing outside them is read, written or removed."""

import os

import pytest

from phosphene import own_files, posix
from phosphene.errors import ProjectError
from phosphene.own_files import MARK, check_folder, clear_own, make_folder, open_own, replace_own


@pytest.fixture
def outside(tmp_path):
    path = tmp_path / "outside"
    path.write_text("precious")
    return path


@pytest.fixture
def folder(tmp_path):
    make_folder(tmp_path / "state")
    return tmp_path / "state"


def test_a_folder_that_is_a_link_is_refused(tmp_path):
    (tmp_path / "album").mkdir()
    (tmp_path / "state").symlink_to("album")
    with pytest.raises(ProjectError, match="state is a symbolic link"):
        make_folder(tmp_path / "state")
    assert not list((tmp_path / "album").iterdir())


def test_a_folder_of_the_users_is_refused(tmp_path):
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "song.flac").touch()
    with pytest.raises(ProjectError, match="was not made by Phosphene"):
        make_folder(tmp_path / "state")
    assert os.listdir(tmp_path / "state") == ["song.flac"]


@pytest.mark.parametrize(
    "name",
    ["lock", MARK, "render.json", "reserve.new", "segments.txt", "segments.json", "frames.sums",
     "picture.safetensors", "border-0000005.safetensors.new", "joined.mp4", "segment-00000.rgb",
     "segment-00012.short.mp4", "aside-0123456789ab"],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["link", "dangling link", "hard link", "fifo", "folder"])
def test_what_has_our_names_is_a_plain_file(folder, outside, name, kind):
    path = folder / name
    path.unlink(missing_ok=True)
    if kind == "link":
        path.symlink_to(outside)
    elif kind == "dangling link":
        path.symlink_to(folder / "nowhere")
    elif kind == "hard link":
        os.link(outside, path)
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        path.mkdir()
    if name.startswith("aside") and kind == "folder":
        check_folder(folder)
    else:
        with pytest.raises(ProjectError, match="not a plain file"):
            check_folder(folder)
    assert outside.read_text() == "precious"


@pytest.mark.parametrize("kind", ["link", "hard link", "fifo"])
@pytest.mark.parametrize("flags", [os.O_RDWR | os.O_CREAT, os.O_WRONLY | os.O_TRUNC, os.O_RDONLY])
def test_nothing_but_a_plain_file_is_opened(folder, outside, kind, flags, monkeypatch):
    path = folder / "segment-00000.rgb"
    {"link": path.symlink_to, "hard link": path.hardlink_to}.get(kind, lambda _: os.mkfifo(path))(
        outside
    )
    for safely in (posix.SAFELY, posix.SAFELY & ~getattr(os, "O_NOFOLLOW", 0)):
        monkeypatch.setattr(posix, "SAFELY", safely)
        with pytest.raises((ProjectError, OSError)):
            open_own(path, flags)
    assert outside.read_text() == "precious"


def test_a_link_is_replaced_and_not_written_through(folder, outside):
    for name in ("render.json", "render.json.new"):
        (folder / name).symlink_to(outside)
    replace_own(folder / "render.json", b"{}")
    assert (folder / "render.json").read_bytes() == b"{}"
    assert not (folder / "render.json").is_symlink()
    assert outside.read_text() == "precious"


def test_only_our_names_are_removed(folder):
    for name in ("segment-00000.mp4", "reserve", "notes.txt", "segment-1.mp4", "Reserve", "x.rgb"):
        (folder / name).touch()
    clear_own(folder)
    left = {"notes.txt", "segment-1.mp4", "Reserve", "x.rgb", MARK}
    assert set(os.listdir(folder)) == left
    own_files.remove_if_bare(folder)
    assert set(os.listdir(folder)) == left
