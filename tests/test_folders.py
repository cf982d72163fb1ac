"""Cache folders of users without a home, or where numba cannot write."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from phosphene import folders
from phosphene.folders import cache_folder, find_home, numba_folder


def test_a_name_may_begin_with_a_tilde(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PHOSPHENE_CACHE", "~nobody at all/cache")
    assert cache_folder() == Path("~nobody at all/cache")
    monkeypatch.setenv("HOME", "/home/ada")
    monkeypatch.setenv("PHOSPHENE_CACHE", "~/cache")
    assert cache_folder() == Path("/home/ada/cache")


def test_a_user_without_a_home_gets_one_for_this_process() -> None:
    code = (
        "import os, pwd\n"
        "def unknown(user): raise KeyError(user)\n"
        "pwd.getpwuid = unknown\n"
        "from phosphene.folders import cache_folder, find_home\n"
        "find_home(); print(os.environ['HOME'], cache_folder(), os.path.isdir(os.environ['HOME']))"
    )
    hidden = ("HOME", "PHOSPHENE_CACHE", "XDG_CACHE_HOME")
    env = {name: value for name, value in os.environ.items() if name not in hidden}
    run = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    home, cache, there = run.stdout.split()
    assert Path(cache).is_relative_to(home)
    assert there == "True"
    assert not Path(home).exists()


def test_an_existing_home_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    find_home()
    assert os.environ["HOME"] == "/home/ada"


def test_numba_uses_another_folder_if_the_source_is_read_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert numba_folder() is None
    monkeypatch.setattr(folders.os, "access", lambda path, mode: False)
    monkeypatch.setenv("PHOSPHENE_CACHE", str(tmp_path))
    assert numba_folder() == tmp_path / "numba"
    assert (tmp_path / "numba").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("harm", ["shared", "file", "missing"])
def test_numba_reads_only_pickles_of_this_user(
    harm: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders.os, "access", lambda path, mode: False)
    monkeypatch.setenv("PHOSPHENE_CACHE", "/dev/null" if harm == "missing" else str(tmp_path))
    if harm == "shared":
        (tmp_path / "numba").mkdir()
        (tmp_path / "numba").chmod(0o777)
    elif harm == "file":
        (tmp_path / "numba").write_text("")
    folder = numba_folder()
    assert folder is not None
    assert not folder.is_relative_to(tmp_path)
    assert folder.is_dir()
