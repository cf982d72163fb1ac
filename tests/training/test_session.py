"""A sitting of training ends with its minutes, or when it is asked to, and keeps what it learnt."""

import signal
import subprocess
import sys
from types import SimpleNamespace

import pytest

from training import session as rooms
from training.session import session


class Known:
    shelves, chunks = {}, ()

    def __init__(self):
        self.looked = 0

    def look_again(self, most):
        self.looked += 1
        self.shelves = {1: 1}


def new_run():
    run = SimpleNamespace(steps=0, mean=0.5, kept=0, path=SimpleNamespace(stem="unet"))
    run.save = lambda: setattr(run, "kept", run.kept + 1)
    return run


@pytest.fixture(autouse=True)
def handlers(monkeypatch):
    """What is called when a signal comes; none is sent, for others share the process."""
    found = {}
    monkeypatch.setattr(rooms.signal, "signal", found.__setitem__)
    return found


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_stop_it_finishes_the_step_and_keeps_it(sign, handlers):
    run, known = new_run(), Known()
    for gone in session([run], known, 0):
        assert gone == 0.0
        run.steps += 1
        if run.steps == 3:
            handlers[sign](sign, None)
    assert (run.steps, run.kept, known.looked) == (3, 1, 1)


def test_the_minutes_go_by_and_each_run_is_told_of_and_kept(monkeypatch, capsys):
    clock = iter(range(1000))
    monkeypatch.setattr(rooms.time, "time", lambda: 10.0 * next(clock))
    runs, known = [new_run(), new_run()], Known()
    shares = []
    for gone in session(runs, known, 10):
        shares.append(gone)
        for run in runs:
            run.steps += 1
    assert shares == [i / 60 for i in range(60)]
    assert [run.kept for run in runs] == [3, 3]  # twice on the way, and at the end
    assert "unet 2 loss 0.5000, unet 2 loss 0.5000; " in capsys.readouterr().out


SITTING = """
from tests.training.test_session import Known, new_run
from training.session import session

run = new_run()
for _ in session([run], Known(), 0):
    run.steps += 1
    print(run.steps, flush=True)
print("kept", run.kept)
"""


def test_a_true_signal_ends_a_process_that_keeps_its_work(pytestconfig):
    with subprocess.Popen(
        [sys.executable, "-c", SITTING], cwd=pytestconfig.rootpath, stdout=subprocess.PIPE, text=True
    ) as sitting:  # fmt: skip
        assert sitting.stdout.readline() == "1\n"
        sitting.send_signal(signal.SIGTERM)
        told, _ = sitting.communicate(timeout=60)
    assert sitting.returncode == 0
    assert told.endswith("kept 1\n")
