"""A plugin is tried in a process of its own, where it may crash or hang; the result is kept."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from phosphene.errors import PluginError
from phosphene.folders import cache_folder
from phosphene.plugins.discovery import located
from phosphene.plugins.plugin import Item, Plugin, canonical
from phosphene.plugins.trust import write_whole

#: Seconds that a plugin may take to be imported and to register.
VARIABLE = "PHOSPHENE_PLUGIN_TIMEOUT"
LIMIT = 60.0
CHECKS = 600.0  # seconds for its contract tests
_MOST = 5000  # files of one package that are looked at


@dataclass
class Record:
    """What came of trying a plugin.

    Parameters
    ----------
    name, package, version : str
        As the plugin's.
    code : str
        The state of its files: after a change the record says nothing.
    why : str
        Why it could not be loaded; empty if it could.
    ended : bool
        Whether it hung, or ended Python: it is not imported until its files change.
    hooks, items : list
        Of the last time that it could be loaded.
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
    """What came of trying a plugin; it is tried where its files have changed since, or it failed.

    What it needs may be installed by now. But a plugin that hung or crashed does so every time.
    """
    record = recorded(plugin)
    if record is None or (record.version, record.code) != (plugin.version, _code(plugin)):
        return inspected(plugin)
    return inspected(plugin) if record.why and not record.ended else record


def inspected(plugin: Plugin) -> Record:
    """Try a plugin, and keep what came of it."""
    answer = answered(plugin, limit())
    if answer.get("ended"):
        again = f"`phosphene plugins check {plugin.name}` tries it again"
        answer["why"] = f"import: {answer['why']}; {again}"
    before = recorded(plugin)
    if answer.get("why") and before is not None and not answer.get("items"):
        answer |= {"hooks": before.hooks, "items": before.items}
    record = Record(plugin.name, plugin.package, plugin.version, _code(plugin), **answer)
    with suppress(OSError):  # else the next run tries it again
        write_whole(_path(plugin), json.dumps(asdict(record)))
    return record


def checked(plugin: Plugin) -> tuple[str, list[dict[str, str]]]:
    """Why a plugin cannot be loaded, or the findings of its contract tests."""
    if why := inspected(plugin).why:
        return why, []
    answer = answered(plugin, CHECKS, "check")
    return answer.get("why", ""), answer.get("findings", [])


def recorded(plugin: Plugin) -> Record | None:
    """What came of trying a plugin last, perhaps in another state; None where it never was."""
    return _read(_path(plugin))


def records() -> Iterator[Record]:
    """Every record, also of plugins that are no longer installed."""
    for path in sorted(_folder().glob("*.json")):
        if (record := _read(path)) is not None:
            yield record


def limit() -> float:
    """Seconds that a plugin may take to load."""
    try:
        seconds = float(os.environ.get(VARIABLE, LIMIT))
    except ValueError:
        return LIMIT
    return seconds if 0.0 < seconds <= threading.TIMEOUT_MAX else LIMIT


def answered(plugin: Plugin, seconds: float, task: str = "load") -> dict[str, Any]:
    """What `main`, in a process of its own, says of a plugin; or `why` it `ended` without."""
    about = {name: getattr(plugin, name) for name in ("name", "package", "version", "module")}
    about["file"] = None if plugin.file is None else str(plugin.file)
    with tempfile.TemporaryDirectory() as folder:
        answer, said = Path(folder) / "answer.json", Path(folder) / "stderr.txt"
        run = "import sys; from phosphene.plugins.trial import main; main(*sys.argv[1:])"
        # -P: a file of the current folder must not pass for a library.
        command = [sys.executable, "-P", "-c", run, task, json.dumps(about), str(answer)]
        why = _run(command, said, seconds)
        try:
            given: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
            return given
        except (OSError, ValueError):
            last = said.read_text(errors="replace").strip().splitlines()[-1:]
            return {"why": why + (f": {last[0]}" if last else ""), "ended": True}


def _run(command: Sequence[str], said: Path, seconds: float) -> str:
    """Run a process to its end, or end it and all that it started; how it ended."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    for name in ("PHOSPHENE_STRICT", "PHOSPHENE_TRACE_PLUGINS"):
        environment.pop(name, None)
    with said.open("wb") as errors:
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


def main(task: str, about: str, answer: str) -> None:
    """In the process of its own: load the plugin `about`, and write what came of it."""
    from phosphene.plugins.loading import load_alone
    from phosphene.testing.examining import findings

    with suppress(ImportError):  # Windows
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash leaves no file behind
    said = json.loads(about)
    plugin = Plugin(**said | {"file": said["file"] and Path(said["file"])})
    given: dict[str, Any] = {}
    try:
        items = load_alone(plugin)
        given = {"findings": list(findings(items))} if task == "check" else {"items": list(items)}
    except PluginError as error:
        given = {"why": str(error)}
    if task != "check":
        given["hooks"] = plugin.hooks
    Path(answer).write_text(json.dumps(given), encoding="utf-8")
    os._exit(0)  # also where a thread of the plugin still runs


def source_of(plugin: Plugin) -> str:
    """All Python code of a plugin as text, as far as it can be read; nothing of it runs."""
    texts = []
    for path in _files(plugin):
        if path.suffix == ".py":
            with suppress(OSError):
                texts.append(path.read_text(encoding="utf-8", errors="replace"))
    return "\n".join(texts)


def _code(plugin: Plugin) -> str:
    """A digest of when the files of a plugin were changed, and how large they are."""
    whole = hashlib.sha256()
    for path in _files(plugin):
        about = path.stat()
        whole.update(f"{path} {about.st_mtime_ns} {about.st_size}\n".encode(errors="replace"))
    return whole.hexdigest()


def _files(plugin: Plugin) -> list[Path]:
    """The file of a plugin, or all that is in its package."""
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
