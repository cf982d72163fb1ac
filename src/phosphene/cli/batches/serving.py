"""A process that runs commands one after another: libraries and models are loaded once."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from phosphene.cli import prepare, run
from phosphene.cli.terminal.ending import ignore, leave
from phosphene.engines.pipeline_cache import PIPELINE_CACHE
from phosphene.own_files import open_own


def serve() -> None:
    """Run the commands that standard input names, until it ends or one of them fails.

    Each line is JSON: the arguments of the command, and the file for its messages. When a command
    has succeeded, a line on standard output says so; after a failure the process ends with the exit
    code of the command.
    """
    prepare()
    PIPELINE_CACHE.enabled = True
    # What a command starts must not read the lines that are meant for this process.
    asked = os.fdopen(os.dup(sys.stdin.fileno()))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, sys.stdin.fileno())
    os.close(nothing)
    for line in asked:
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
