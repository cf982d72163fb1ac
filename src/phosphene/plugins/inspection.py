"""Trying a plugin in a process of its own: it may hang or crash there, and nothing else does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from phosphene.plugins.plugin import Plugin
from phosphene.plugins.records import Record, code_of, read_record, surroundings, write_record

#: Seconds that a plugin may take to be imported and to register.
VARIABLE = "PHOSPHENE_PLUGIN_TIMEOUT"
LIMIT = 60.0


def known(plugin: Plugin) -> Record:
    """What loading a plugin gives: as it was found before, where nothing has changed since."""
    record = read_record(plugin)
    return record if record is not None and record.holds(plugin) else inspected(plugin)


def try_those_unknown(plugins: Sequence[Plugin]) -> None:
    """Try the plugins of which nothing is known, as many at a time as there are processors."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(known, plugins))


def inspected(plugin: Plugin) -> Record:
    """Load a plugin in a process of its own, and keep what came of it."""
    answer = answered("phosphene.plugins.inspector", plugin, limit())
    if answer.get("ended"):
        again = f"`phosphene plugins check {plugin.name}` tries it again"
        answer["why"] = f"import: {answer['why']}; {again}"
    before = read_record(plugin)
    record = Record(
        name=plugin.name,
        package=plugin.package,
        version=plugin.version,
        code=code_of(plugin),
        surroundings=surroundings(),
        why=answer.get("why", ""),
        ended=answer.get("ended", False),
        hooks=answer.get("hooks", []),
        items=[(kind, name) for kind, name in answer.get("items", [])],
    )
    if record.why and before is not None and not record.items:
        record.hooks, record.items = before.hooks, before.items
    write_record(plugin, record)
    return record


def limit() -> float:
    """Seconds that a plugin may take."""
    try:
        seconds = float(os.environ.get(VARIABLE, LIMIT))
    except ValueError:
        return LIMIT
    return seconds if 0.0 < seconds <= threading.TIMEOUT_MAX else LIMIT


def answered(module: str, plugin: Plugin, seconds: float) -> dict[str, Any]:
    """What a module of ours, run in a process of its own, says of a plugin.

    Parameters
    ----------
    module : str
        Run with the plugin as JSON and the name of a file for its answer.
    plugin : Plugin
    seconds : float
        Then it is ended.

    Returns
    -------
    dict
        The answer; `why` and `ended`, where there was none.
    """
    about = {
        "name": plugin.name,
        "package": plugin.package,
        "version": plugin.version,
        "module": plugin.module,
        "file": None if plugin.file is None else str(plugin.file),
    }
    with tempfile.TemporaryDirectory() as folder:
        answer, said = Path(folder) / "answer.json", Path(folder) / "stderr.txt"
        # -P: a file of the current folder must not stand for a library.
        command = [sys.executable, "-P", "-m", module, json.dumps(about), str(answer)]
        why = _run(command, said, seconds)
        try:
            given: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
            return given
        except (OSError, ValueError):
            last = said.read_text(errors="replace").strip().splitlines()[-1:]
            return {"why": why + (f": {last[0]}" if last else ""), "ended": True}


def _run(command: Sequence[str], said: Path, seconds: float) -> str:
    """Run a process to its end, or end it and all that it began; say how it ended."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    for name in ("PHOSPHENE_STRICT", "PHOSPHENE_TRACE_PLUGINS"):
        environment.pop(name, None)
    with said.open("wb") as errors:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env=environment,
            start_new_session=True,
        )
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            return f"it took longer than {seconds:g} s ({VARIABLE} allows more)"
        finally:
            _end(process)
    if code < 0:
        return f"it ended Python by {signal.Signals(-code).name}"
    return f"it ended Python with exit code {code}"


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what still runs of a process, and of those that it began."""
    try:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except (ProcessLookupError, PermissionError):
        pass
    process.wait()
