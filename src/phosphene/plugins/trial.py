"""Trying a plugin in a separate process, where it may crash or hang, and what is on record."""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from phosphene.folders import cache_folder
from phosphene.plugins.discovery import located
from phosphene.plugins.plugin import READY, Item, Plugin, Registry, canonical
from phosphene.plugins.trust import write_whole

#: Seconds that a plugin may take to be imported and to register.
VARIABLE = "PHOSPHENE_PLUGIN_TIMEOUT"
LIMIT = 60.0
LOADING = "phosphene.plugins.loading"  # its `answer` runs in the separate process
NOT_INSTALLED = "not installed"
_MOST = 5000  # files of one package that are looked at


@dataclass
class Record:
    """The result of trying a plugin.

    Parameters
    ----------
    name, package, version : str
        As the plugin's.
    code : str
        The state of its files; after a change the record is out of date.
    why : str
        Why it could not be loaded; empty if it could.
    ended : bool
        Whether it hung or crashed Python: it is not imported until its files change.
    hooks, items : list
        Those of the last time that it could be loaded.
    """

    name: str
    package: str
    version: str
    code: str
    why: str = ""
    ended: bool = False
    hooks: list[str] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.items = [(str(kind), str(name)) for kind, name in self.items]


def known(plugin: Plugin) -> Record:
    """The record of a plugin; without one that is up to date, the plugin is tried.

    One that failed without a crash is tried again, as a missing requirement may be installed now.
    """
    record, now = recorded(plugin), (plugin.version, digest(plugin))
    if record is None or (record.version, record.code) != now or (record.why and not record.ended):
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


def recorded(plugin: Plugin) -> Record | None:
    """The record of a plugin, perhaps out of date; None if it was never tried."""
    return _read(_path(plugin))


def write_record(plugin: Plugin, record: Record) -> None:
    """Keep a record; if that is not possible, the next run tries the plugin again."""
    with suppress(OSError):
        write_whole(_path(plugin), json.dumps(asdict(record)))


def provider(registry: Registry, kind: str, name: str) -> Plugin | None:
    """The plugin that has `name` of a kind, and is left out or no longer installed; else None.

    Known from its record, or, if it has never worked, from its source: one that names its
    modulator `name`, or at least contains that word in quotes.
    """
    unknown = []
    for plugin in registry.plugins:
        if plugin.state != READY:
            record = recorded(plugin)
            items = plugin.items or (record.items if record else [])
            if (kind, name) in items:
                return plugin
            if not items:
                unknown.append(plugin)
    here = {(plugin.package, plugin.name) for plugin in registry.plugins}
    for path in sorted(_folder().glob("*.json")):
        record = _read(path)
        # Without a package it is a file, which belongs to another project.
        if record is None or not record.package or (record.package, record.name) in here:
            continue
        if (kind, name) in record.items:
            gone = Plugin(record.name, record.package, record.version)
            install = f"`phosphene plugins install {record.package}`"
            gone.leave_out(NOT_INSTALLED, "it is no longer installed", install)
            return gone
    likely = max(unknown, key=lambda plugin: _evidence(plugin, name), default=None)
    return likely if likely is not None and _evidence(likely, name) else None


def missing(plugin: Plugin, kind: str, name: str) -> str:
    """One sentence: what is missing, which plugin has it, and why that is left out."""
    about = f"{kind.removesuffix('s')} '{name}'"
    return f"the {about} comes from {plugin}, which is {plugin.state}: {plugin.why}"


def digest(plugin: Plugin) -> str:
    """A digest of the sizes of a plugin's files, and of when they were changed."""
    total = hashlib.sha256()
    for path in _files(plugin):
        about = path.stat()
        total.update(f"{path} {about.st_mtime_ns} {about.st_size}\n".encode(errors="replace"))
    return total.hexdigest()


def _evidence(plugin: Plugin, name: str) -> int:
    """How likely a plugin that has never worked is the one that has `name`, from 0 to 3."""
    word = rf"""(?P<quote>["']){re.escape(name)}(?P=quote)"""
    source = "\n".join(_sources(plugin))
    if re.search(rf"(\bname\b[^=\n]*=|\bregister\(|Spec\()\s*{word}", source):
        return 3
    return 2 if plugin.called(name) else int(re.search(word, source) is not None)


def _sources(plugin: Plugin) -> Iterator[str]:
    for path in _files(plugin):
        if path.suffix == ".py":
            with suppress(OSError):
                yield path.read_text(encoding="utf-8", errors="replace")


def _files(plugin: Plugin) -> list[Path]:
    """The file of a plugin, or all files of its package."""
    file = plugin.file
    if plugin.package:
        file = located(plugin.module.partition(":")[0].strip().partition(".")[0])
    if file is None:
        return []
    paths = sorted(file.parent.rglob("*")) if file.name == "__init__.py" else [file]
    return [path for path in paths[:_MOST] if path.suffix != ".pyc" and path.is_file()]


def _folder() -> Path:
    return cache_folder() / "plugins"


def _path(plugin: Plugin) -> Path:
    about = f"{canonical(plugin.package or str(plugin.file))}\n{plugin.name}"
    return _folder() / f"{hashlib.sha256(about.encode(errors='replace')).hexdigest()[:24]}.json"


def _read(path: Path) -> Record | None:
    if not path.is_file():
        return None
    try:
        return Record(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, RecursionError):
        return None
