"""What is known of a plugin from when it was last tried, so that asking needs no import."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from phosphene.folders import cache_folder
from phosphene.plugins.discovery import located
from phosphene.plugins.plugin import Plugin, canonical
from phosphene.plugins.settings import write_whole

_MOST = 5000  # files of one package that are looked at


@dataclass
class Record:
    """What came of loading a plugin in a process of its own.

    Parameters
    ----------
    name, package, version : str
        As the plugin's.
    code : str
        The state of its files: with other files the record says nothing.
    surroundings : str
        The state of what it can import: with others, what failed may work.
    why : str
        Why it could not be loaded; empty if it could.
    ended : bool
        Whether it hung, or ended Python itself: it is not tried again until its files change.
    hooks, items : list
        Of the last time that it could.
    """

    name: str
    package: str
    version: str
    code: str
    surroundings: str
    why: str = ""
    ended: bool = False
    hooks: list[str] = field(default_factory=list)
    items: list[tuple[str, str]] = field(default_factory=list)

    def holds(self, plugin: Plugin) -> bool:
        """Whether it still tells what loading the plugin would give."""
        if self.version != plugin.version or self.code != code_of(plugin):
            return False
        return not self.why or self.ended or self.surroundings == surroundings()


def read_record(plugin: Plugin) -> Record | None:
    """The record of a plugin, whether or not it still holds; None where there is none."""
    return _read(_folder() / _file_name(plugin))


def records() -> Iterator[Record]:
    """Every record, also of plugins that are no longer installed."""
    for path in sorted(_folder().glob("*.json")):
        record = _read(path)
        if record is not None:
            yield record


def write_record(plugin: Plugin, record: Record) -> None:
    """Keep a record; where nothing can be written, the next run tries the plugin again."""
    with suppress(OSError):
        write_whole(_folder() / _file_name(plugin), json.dumps(asdict(record)))


def code_of(plugin: Plugin) -> str:
    """A digest of when the files of a plugin were changed, and how large they are."""
    whole = hashlib.sha256()
    for path in _files(plugin):
        about = path.stat()
        whole.update(f"{path} {about.st_mtime_ns} {about.st_size}\n".encode(errors="replace"))
    return whole.hexdigest()


def source_of(plugin: Plugin) -> str:
    """All Python code of a plugin as text, as far as it can be read; nothing of it runs."""
    texts = []
    for path in _files(plugin):
        if path.suffix == ".py":
            with suppress(OSError):
                texts.append(path.read_text(encoding="utf-8", errors="replace"))
    return "\n".join(texts)


def _files(plugin: Plugin) -> list[Path]:
    """The file of a plugin, or all that is in its package."""
    file = plugin.file
    if plugin.package:
        file = located(plugin.module.partition(":")[0].strip().partition(".")[0])
    if file is None:
        return []
    paths = sorted(file.parent.rglob("*")) if file.name == "__init__.py" else [file]
    return [path for path in paths[:_MOST] if path.suffix != ".pyc" and path.is_file()]


def surroundings() -> str:
    """A digest of this Python, this Phosphene, and when packages were last installed."""
    from phosphene import __version__

    whole = hashlib.sha256(f"{sys.version} {__version__}".encode())
    whole.update(os.environ.get("PYTHONPATH", "").encode())
    for folder in sys.path:
        if not folder.endswith(("site-packages", "dist-packages")) or not os.path.isdir(folder):
            continue
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.name.endswith((".dist-info", ".egg-info", ".pth")):
                    whole.update(f"{entry.path} {entry.stat().st_mtime_ns}\n".encode())
    return whole.hexdigest()


def _folder() -> Path:
    return cache_folder() / "plugins"


def _file_name(plugin: Plugin) -> str:
    place = plugin.package or str(plugin.file)
    key = hashlib.sha256(f"{canonical(place)}\n{plugin.name}".encode()).hexdigest()[:24]
    return f"{key}.json"


def _read(path: Path) -> Record | None:
    if not path.is_file():
        return None
    try:
        record = Record(**json.loads(path.read_text(encoding="utf-8")))
        record.items = [(str(kind), str(name)) for kind, name in record.items]
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    return record
