"""Try a plugin in a separate process, where it may crash or hang, and record the result."""

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
from phosphene.plugins.discovery import module_file
from phosphene.plugins.plugin import READY, Item, Plugin, Registry, canonical
from phosphene.plugins.trust import write_atomically

#: Maximum time in seconds to import a plugin and run its hooks.
VARIABLE = "PHOSPHENE_PLUGIN_TIMEOUT"
LIMIT = 60.0
LOADING = "phosphene.plugins.loading"  # its `answer` runs in the separate process
NOT_INSTALLED = "not installed"
_MAX_FILES = 5000  # of one package that are checked for changes


@dataclass
class Record:
    """The result of trying a plugin.

    Parameters
    ----------
    name, package, version : str
        As the plugin's.
    code : str
        Digest of its files; after a change the record is out of date.
    why : str
        Why it could not be loaded; empty if it could.
    ended : bool
        Whether it hung or crashed Python; then it is not tried again until its files change.
    hooks, items : list
        Those of the last successful load.
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


def record_of(plugin: Plugin) -> Record:
    """The record of a plugin. Tries the plugin if its record is missing or out of date.

    A plugin that failed without a crash is tried again: a missing requirement may be installed now.
    """
    record, now = read_record(plugin), (plugin.version, digest(plugin))
    if record is None or (record.version, record.code) != now or (record.why and not record.ended):
        return try_plugin(plugin)
    return record


def try_plugin(plugin: Plugin) -> Record:
    """Load a plugin in a separate process, and record the result."""
    answer = run_answer(plugin, limit())
    if answer.get("ended"):
        again = f"`phosphene plugins check {plugin.name}` tries it again"
        answer["why"] = f"import: {answer['why']}; {again}"
    before = read_record(plugin)
    if answer.get("why") and before is not None and not answer.get("items"):
        answer |= {"hooks": before.hooks, "items": before.items}
    record = Record(plugin.name, plugin.package, plugin.version, digest(plugin), **answer)
    write_record(plugin, record)
    return record


def limit() -> float:
    """Maximum time to load a plugin, in seconds."""
    try:
        seconds = float(os.environ.get(VARIABLE, LIMIT))
    except ValueError:
        return LIMIT
    return seconds if 0.0 < seconds <= threading.TIMEOUT_MAX else LIMIT


def run_answer(plugin: Plugin, seconds: float, module: str = LOADING) -> dict[str, Any]:
    """Run a module's function `answer` on a plugin in a separate process.

    If the process crashes or takes too long, the result has `why` and `ended`.
    """
    about = {name: getattr(plugin, name) for name in ("name", "package", "version", "module")}
    about["file"] = None if plugin.file is None else str(plugin.file)
    with tempfile.TemporaryDirectory() as folder:
        result, stderr = Path(folder) / "answer.json", Path(folder) / "stderr.txt"
        run = "import sys; from phosphene.plugins.trial import main; main(*sys.argv[1:])"
        # -P: files in the current folder must not shadow libraries.
        command = [sys.executable, "-P", "-c", run, module, json.dumps(about), str(result)]
        why = _run(command, stderr, seconds)
        try:
            given: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
            return given
        except (OSError, ValueError):
            last = stderr.read_text(errors="replace").strip().splitlines()[-1:]
            return {"why": why + (f": {last[0]}" if last else ""), "ended": True}


def _run(command: list[str], stderr: Path, seconds: float) -> str:
    """Run a process, and kill it and its children after a timeout; returns how it ended."""
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
        return f"it ended Python with {signal.Signals(-code).name}"
    return f"it ended Python with exit code {code}"


def main(module: str, about: str, result: str) -> None:
    """In the separate process: call `answer` of a module, and write its result to a file."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a KeyboardInterrupt comes from the plugin
    with suppress(ImportError):  # Windows
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # no core dump after a crash
    given = json.loads(about)
    plugin = Plugin(**given | {"file": given["file"] and Path(given["file"])})
    answer = importlib.import_module(module).answer(plugin)
    Path(result).write_text(json.dumps(answer), encoding="utf-8")
    os._exit(0)  # even while threads of the plugin run


def read_record(plugin: Plugin) -> Record | None:
    """The record of a plugin, possibly out of date; None if it was never tried."""
    return _read(_path(plugin))


def write_record(plugin: Plugin, record: Record) -> None:
    """Write a record; if that fails, the next run tries the plugin again."""
    with suppress(OSError):
        write_atomically(_path(plugin), json.dumps(asdict(record)))


def provider(registry: Registry, kind: str, name: str) -> Plugin | None:
    """The plugin that provides `name` of a kind, and is not loaded or no longer installed.

    It is found by its record or, if it has never worked, by its source, which names its modulator
    `name` or at least contains that word in quotes. None if there is none.
    """
    unknown = []
    for plugin in registry.plugins:
        if plugin.state != READY:
            record = read_record(plugin)
            items = plugin.items or (record.items if record else [])
            if (kind, name) in items:
                return plugin
            if not items:
                unknown.append(plugin)
    here = {(plugin.package, plugin.name) for plugin in registry.plugins}
    for path in sorted(_folder().glob("*.json")):
        record = _read(path)
        # A record without a package is of a file, which may belong to another project.
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
    """A sentence: what is missing, which plugin provides it, and why that is not loaded."""
    about = f"{kind.removesuffix('s')} '{name}'"
    return f"the {about} comes from {plugin}, which is {plugin.state}: {plugin.why}"


def digest(plugin: Plugin) -> str:
    """A digest of the sizes and modification times of a plugin's files."""
    total = hashlib.sha256()
    for path in _files(plugin):
        about = path.stat()
        total.update(f"{path} {about.st_mtime_ns} {about.st_size}\n".encode(errors="replace"))
    return total.hexdigest()


def _evidence(plugin: Plugin, name: str) -> int:
    """How likely it is that a plugin that has never worked provides `name`, from 0 to 3."""
    word = rf"""(?P<quote>["']){re.escape(name)}(?P=quote)"""
    source = "\n".join(_sources(plugin))
    if re.search(rf"(\bname\b[^=\n]*=|\bregister\(|Spec\()\s*{word}", source):
        return 3
    return 2 if plugin.matches(name) else int(re.search(word, source) is not None)


def _sources(plugin: Plugin) -> Iterator[str]:
    for path in _files(plugin):
        if path.suffix == ".py":
            with suppress(OSError):
                yield path.read_text(encoding="utf-8", errors="replace")


def _files(plugin: Plugin) -> list[Path]:
    """The file of a plugin, or all files of its package."""
    file = plugin.file
    if plugin.package:
        file = module_file(plugin.module.partition(":")[0].strip().partition(".")[0])
    if file is None:
        return []
    paths = sorted(file.parent.rglob("*")) if file.name == "__init__.py" else [file]
    return [path for path in paths[:_MAX_FILES] if path.suffix != ".pyc" and path.is_file()]


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
