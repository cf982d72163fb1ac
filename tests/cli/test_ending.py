"""The first signal ends a command in order; those that follow wait."""

import os
import signal

import pytest

from phosphene.cli.terminal import ending
from phosphene.cli.terminal.ending import stoppable
from phosphene.errors import Stopped


def send(number=signal.SIGINT):
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_signals_have_the_shells_exit_codes(name):
    number = signal.Signals[name]
    before = signal.getsignal(number)
    with pytest.raises(Stopped) as stopped, stoppable():
        send(number)
    assert stopped.value.exit_code == 128 + number
    assert signal.getsignal(number) is before


def test_those_that_follow_do_not_disturb_the_tidying_up():
    tidied = []

    def work():
        try:
            send()
        finally:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                send(number)
            tidied.append(True)

    with pytest.raises(Stopped) as stopped, stoppable():
        work()
    assert stopped.value.exit_code == 130
    assert tidied


def test_a_swallowed_signal_can_be_sent_again(monkeypatch):
    monkeypatch.setattr(ending, "TIDYING", -1.0)

    def work():
        with pytest.raises(Stopped):
            send()
        send()

    with pytest.raises(Stopped), stoppable():
        work()
