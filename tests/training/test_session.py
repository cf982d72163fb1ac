"""A training session ends on time or on a signal, and saves its runs."""

import signal
import subprocess
import sys
from types import SimpleNamespace

import pytest

from training import session as session_module
from training.session import session


class FakeDataset:
    buckets, chunks = {}, ()

    def __init__(self):
        self.scans = 0

    def load_new(self, most):
        self.scans += 1
        self.buckets = {1: 1}


def new_run():
    run = SimpleNamespace(steps=0, mean=0.5, saves=0, path=SimpleNamespace(stem="unet"))
    run.save = lambda: setattr(run, "saves", run.saves + 1)
    return run


@pytest.fixture(autouse=True)
def handlers(monkeypatch):
    """The installed signal handlers, called directly because tests share the process."""
    installed = {}
    monkeypatch.setattr(session_module.signal, "signal", installed.__setitem__)
    return installed


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_session_after_the_step_and_saves(number, handlers):
    run, dataset = new_run(), FakeDataset()
    for elapsed in session([run], dataset, 0):
        assert elapsed == 0.0
        run.steps += 1
        if run.steps == 3:
            handlers[number](number, None)
    assert (run.steps, run.saves, dataset.scans) == (3, 1, 1)


def test_a_timed_session_reports_and_saves_each_run(monkeypatch, capsys):
    clock = iter(range(1000))
    monkeypatch.setattr(session_module.time, "time", lambda: 10.0 * next(clock))
    runs, dataset = [new_run(), new_run()], FakeDataset()
    shares = []
    for elapsed in session(runs, dataset, 10):
        shares.append(elapsed)
        for run in runs:
            run.steps += 1
    assert shares == [i / 60 for i in range(60)]
    assert [run.saves for run in runs] == [3, 3]  # twice on the way, and at the end
    assert "unet 2 loss 0.5000, unet 2 loss 0.5000; " in capsys.readouterr().out


SESSION = """
from tests.training.test_session import FakeDataset, new_run
from training.session import session

run = new_run()
for _ in session([run], FakeDataset(), 0):
    run.steps += 1
    print(run.steps, flush=True)
print("saves", run.saves)
"""


def test_sigterm_ends_a_process_after_saving(pytestconfig):
    with subprocess.Popen(
        [sys.executable, "-c", SESSION], cwd=pytestconfig.rootpath, stdout=subprocess.PIPE, text=True
    ) as process:  # fmt: skip
        assert process.stdout.readline() == "1\n"
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert output.endswith("saves 1\n")
