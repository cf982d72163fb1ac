"""Trying a plugin in a separate process, where it may crash or hang without harm."""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from phosphene.plugins.plugin import Plugin
from phosphene.plugins.records import Record, digest, recorded, write_record

#: Seconds that a plugin may take to be imported and to register.
VARIABLE = "PHOSPHENE_PLUGIN_TIMEOUT"
LIMIT = 60.0
LOADING = "phosphene.plugins.loading"  # its `answer` runs in the separate process


def known(plugin: Plugin) -> Record:
    """The record of a plugin; without one that is up to date, the plugin is tried.

    One that failed without a crash is tried again, as a missing requirement may be installed now.
    """
    record = recorded(plugin)
    if record is None or not record.is_of(plugin) or (record.why and not record.ended):
        return inspected(plugin)
    return record


def inspected(plugin: Plugin) -> Record:
    """Try a plugin, and keep the result."""
    answer = answered(plugin, limit())
    if answer.get("ended"):
        again = f"`phosphene plugins check {plugin.name}` tries it again"
        answer["why"] = f"import: {answer['why']}; {again}"
    before = recorded(plugin)
    if answer.get("why") and before is not None and not answer.get("items"):
        answer |= {"hooks": before.hooks, "items": before.items}
    record = Record(plugin.name, plugin.package, plugin.version, digest(plugin), **answer)
    write_record(plugin, record)
    return record


def limit() -> float:
    """Seconds that a plugin may take to load."""
    try:
        seconds = float(os.environ.get(VARIABLE, LIMIT))
    except ValueError:
        return LIMIT
    return seconds if 0.0 < seconds <= threading.TIMEOUT_MAX else LIMIT


def answered(plugin: Plugin, seconds: float, module: str = LOADING) -> dict[str, Any]:
    """What a module's function `answer` finds out about a plugin in a separate process.

    If that process crashes or takes too long, the result has `why`, and `ended`.
    """
    about = {name: getattr(plugin, name) for name in ("name", "package", "version", "module")}
    about["file"] = None if plugin.file is None else str(plugin.file)
    with tempfile.TemporaryDirectory() as folder:
        result, stderr = Path(folder) / "answer.json", Path(folder) / "stderr.txt"
        run = "import sys; from phosphene.plugins.trial import main; main(*sys.argv[1:])"
        # -P: a file of the current folder must not be imported in place of a library.
        command = [sys.executable, "-P", "-c", run, module, json.dumps(about), str(result)]
        why = _run(command, stderr, seconds)
        try:
            given: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
            return given
        except (OSError, ValueError):
            last = stderr.read_text(errors="replace").strip().splitlines()[-1:]
            return {"why": why + (f": {last[0]}" if last else ""), "ended": True}


def _run(command: list[str], stderr: Path, seconds: float) -> str:
    """Run a process to its end, or end it with all that it started; returns how it ended."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    for name in ("PHOSPHENE_STRICT", "PHOSPHENE_TRACE_PLUGINS"):
        environment.pop(name, None)
    with stderr.open("wb") as errors:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors,
            env=environment, start_new_session=True,
        )  # fmt: skip
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            return f"it took longer than {seconds:g} s ({VARIABLE} allows more)"
        finally:
            with suppress(ProcessLookupError, PermissionError):
                if hasattr(os, "killpg"):
                    os.killpg(process.pid, signal.SIGKILL)
                else:
                    process.kill()
            process.wait()
    if code < 0:
        return f"it ended Python by {signal.Signals(-code).name}"
    return f"it ended Python with exit code {code}"


def main(module: str, about: str, result: str) -> None:
    """In the separate process: ask `module` about a plugin, and write down its answer."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a KeyboardInterrupt is the plugin's own
    with suppress(ImportError):  # Windows
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash leaves no file behind
    given = json.loads(about)
    plugin = Plugin(**given | {"file": given["file"] and Path(given["file"])})
    answer = importlib.import_module(module).answer(plugin)
    Path(result).write_text(json.dumps(answer), encoding="utf-8")
    os._exit(0)  # even if a thread of the plugin is running
