"""A training session ends on time or on a signal, and saves its runs."""

import signal
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


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_session_after_the_step_and_saves(number):
    run, dataset = new_run(), FakeDataset()
    for elapsed in session([run], dataset, 0):
        assert elapsed == 0.0
        run.steps += 1
        if run.steps == 3:
            signal.raise_signal(number)
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
