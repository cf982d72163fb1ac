"""What is on record of plugins from their last trial, and which of them has a missing name."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from phosphene.folders import cache_folder
from phosphene.plugins.discovery import located
from phosphene.plugins.plugin import READY, Item, Plugin, Registry, canonical
from phosphene.plugins.trust import write_whole

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

    def is_of(self, plugin: Plugin) -> bool:
        """Whether the plugin has not changed since."""
        return (self.version, self.code) == (plugin.version, digest(plugin))


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
