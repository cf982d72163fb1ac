"""Run a command on hostile input, and check what must never happen."""

from __future__ import annotations

import os
import resource
import signal
import sys
import traceback
from collections.abc import Sequence
from types import FrameType

from click.testing import CliRunner, Result
from hypothesis import HealthCheck, settings

from phosphene.cli import cli

SECONDS = 20  # a command on a small input may not take longer
BYTES = 2 << 30  # ... nor may it make the process grow by more


def fuzzed(few: int, many: int) -> settings:
    """Settings of a fuzz test: `few` examples in the test suite, `many` for `make fuzz`."""
    return settings(
        max_examples=many if os.environ.get("PHOSPHENE_FUZZ") else few,
        derandomize=not os.environ.get("PHOSPHENE_FUZZ"),
        suppress_health_check=list(HealthCheck),
    )


def survives(arguments: Sequence[str]) -> Result:
    """Run `phosphene` in this process; the result, once it is known to be an orderly one.

    Orderly is an exit code of 0, 1, 2 or 3, no traceback, under `SECONDS` and under `BYTES`.
    """
    before = _peak()
    previous = signal.signal(signal.SIGALRM, _too_slow)
    signal.alarm(SECONDS)
    try:
        result = CliRunner().invoke(cli, list(arguments), env={"COLUMNS": "200"})
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, previous)
    error = result.exception
    if error is not None and not isinstance(error, SystemExit):
        raise AssertionError("".join(traceback.format_exception(error))) from error
    assert result.exit_code in (0, 1, 2, 3), result.output
    assert "Traceback" not in result.output
    assert _peak() - before < BYTES, "grew by more than 2 GB"
    return result


def _peak() -> int:
    """Peak memory of this process in bytes, which includes what earlier tests needed."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


class TooSlow(BaseException):
    """The command took longer than `SECONDS`; no handler of the program may swallow it."""


def _too_slow(signum: int, frame: FrameType | None) -> None:
    raise TooSlow(f"over {SECONDS} s")
