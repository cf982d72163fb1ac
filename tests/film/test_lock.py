"""One process at a time: the system's lock, so that a killed one leaves none behind."""

import os
import signal
import subprocess
import sys

import pytest

from phosphene.errors import FilmError
from phosphene.film.lock import NAME, locked

HOLD = """
import sys, time
from pathlib import Path
from phosphene.film.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_second_is_told_who_holds_it(tmp_path):
    folder = tmp_path / "state"
    with locked(folder):
        with pytest.raises(FilmError, match=f"process {os.getpid()};") as caught, locked(folder):
            pass
        assert "-o" in caught.value.fix
        assert (folder / NAME).read_text() == str(os.getpid())
    with locked(folder):
        pass


def test_a_lock_of_a_killed_process_is_none(tmp_path):
    folder = tmp_path / "state"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, folder], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(FilmError, match=f"process {holder.pid};"), locked(folder):
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    assert (folder / NAME).exists()
    with locked(folder):
        assert (folder / NAME).read_text() == str(os.getpid())


def test_a_folder_of_which_nothing_came_goes(tmp_path):
    with locked(tmp_path / "state"):
        pass
    assert not list(tmp_path.iterdir())
    with locked(tmp_path / "state"):
        (tmp_path / "state" / "frames").touch()
    assert (tmp_path / "state" / "frames").exists()


def test_a_folder_that_is_removed_by_its_holder_may_be_made_anew(tmp_path):
    with locked(tmp_path / "state"):
        os.unlink(tmp_path / "state" / NAME)
        os.rmdir(tmp_path / "state")
        with locked(tmp_path / "state"):
            assert (tmp_path / "state" / NAME).exists()
