"""Folders that an attacker may have prepared, and the lock for one process at a time."""

import os
import signal
import subprocess
import sys

import pytest

from phosphene import own_files
from phosphene.errors import FilmError, ProjectError
from phosphene.own_files import (
    LOCK,
    MARK,
    check_folder,
    clear_own,
    locked,
    make_folder,
    open_own,
    replace_own,
)


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
def test_entries_with_our_names_must_be_plain_files(folder, outside, name, kind):
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
def test_only_plain_files_are_opened(folder, outside, kind, flags, monkeypatch):
    path = folder / "segment-00000.rgb"
    {"link": path.symlink_to, "hard link": path.hardlink_to}.get(kind, lambda _: os.mkfifo(path))(
        outside
    )
    for safely in (own_files.SAFELY, own_files.SAFELY & ~getattr(os, "O_NOFOLLOW", 0)):
        monkeypatch.setattr(own_files, "SAFELY", safely)
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


HOLD = """
import sys, time
from pathlib import Path
from phosphene.own_files import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_error_of_the_second_process_names_the_first(tmp_path):
    folder = tmp_path / "state"
    with locked(folder):
        with pytest.raises(FilmError, match=f"process {os.getpid()};") as caught, locked(folder):
            pass
        assert "-o" in caught.value.fix
        assert (folder / LOCK).read_text() == f" {os.getpid()}"
    with locked(folder):
        pass


def test_the_lock_of_a_killed_process_is_released(tmp_path):
    folder = tmp_path / "state"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, folder], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(FilmError, match=f"process {holder.pid};"), locked(folder):
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    assert (folder / LOCK).exists()
    with locked(folder):
        assert (folder / LOCK).read_text() == f" {os.getpid()}"


def test_a_folder_without_files_is_removed(tmp_path):
    with locked(tmp_path / "state"):
        pass
    assert not list(tmp_path.iterdir())
    with locked(tmp_path / "state"):
        (tmp_path / "state" / "frames").touch()
    assert (tmp_path / "state" / "frames").exists()


def test_a_folder_removed_by_its_holder_can_be_created_again(tmp_path):
    with locked(tmp_path / "state"):
        os.unlink(tmp_path / "state" / LOCK)
        os.rmdir(tmp_path / "state")
        with locked(tmp_path / "state"):
            assert (tmp_path / "state" / LOCK).exists()
