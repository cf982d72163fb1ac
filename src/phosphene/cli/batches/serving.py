"""A process that runs one command after another, and loads libraries and models once."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from phosphene.cli import prepare, run
from phosphene.cli.terminal.ending import ignore, leave
from phosphene.engines.runtime.pipeline_cache import PIPELINE_CACHE
from phosphene.own_files import open_own


def serve() -> None:
    """Run commands from standard input, until it is closed or one of them fails.

    Each line is JSON: the arguments of the command and its log file. A command that succeeds is
    reported on standard output; after a failure the process ends with the command's exit code.
    """
    prepare()
    PIPELINE_CACHE.enabled = True
    # Child processes of a command must not read from this process's standard input.
    commands = os.fdopen(os.dup(sys.stdin.fileno()))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, sys.stdin.fileno())
    os.close(nothing)
    for line in commands:
        command = json.loads(line)
        log = open_own(Path(command["log"]), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        sys.stderr.flush()
        os.dup2(log, sys.stderr.fileno())
        os.close(log)
        if code := run(command["arguments"]):
            ignore()
            leave(code)
        print(json.dumps({"ended": 0}), flush=True)
    leave(0)
